/**
 * Whether a URL is same site with a site, as far as that can be told without the Public Suffix List: two hosts that only
 * share a suffix, even when one of them is that suffix, may be of two people, and the answer is no.
 */
export function isSurelySameSite(site: string, url: string): boolean {
  const known = URL.parse(site);
  const asked = URL.parse(url);
  return known !== null && known.protocol === asked?.protocol && known.hostname === asked.hostname;
}
