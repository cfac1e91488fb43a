/**
 * Names below localhost are this machine (RFC 6761, section 6.3). Browsers know that; resolvers of operating systems often
 * do not, and Node asks them. From now on this process knows it too.
 */
import dns from "node:dns";

const lookup = dns.lookup;

dns.lookup = Object.assign(function (hostname: string, ...rest: unknown[]): void {
  const isBelowLocalhost = hostname.endsWith(".localhost");
  Reflect.apply(lookup, dns, [isBelowLocalhost ? "127.0.0.1" : hostname, ...rest]);
}, lookup);
