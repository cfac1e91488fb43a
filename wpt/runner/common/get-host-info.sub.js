/**
 * The origins that the server of the tests answers under, with the members that tests use of web-platform-tests'
 * file of this name: https://web-platform-tests.org/writing-tests/server-features.html
 */
function get_host_info() {
  const port = "{{ports[http][0]}}";
  const otherPort = "{{ports[http][1]}}";
  const originOf = (host, atPort = port) => `${location.protocol}//${host}:${atPort}`;
  const host = "{{host}}";
  const remoteHost = "{{domains[www1]}}";
  const otherSiteHost = "{{hosts[alt][]}}";
  return {
    ORIGINAL_HOST: host,
    REMOTE_HOST: remoteHost,
    NOTSAMESITE_HOST: otherSiteHost,
    ORIGIN: originOf(host),
    ORIGIN_WITH_DIFFERENT_PORT: originOf(host, otherPort),
    REMOTE_ORIGIN: originOf(remoteHost),
    NOTSAMESITE_ORIGIN: originOf(otherSiteHost),
    HTTPS_ORIGIN: originOf(host),
    HTTPS_ORIGIN_WITH_DIFFERENT_PORT: originOf(host, otherPort),
    HTTPS_REMOTE_ORIGIN: originOf(remoteHost),
    HTTPS_NOTSAMESITE_ORIGIN: originOf(otherSiteHost),
  };
}
