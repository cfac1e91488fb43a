/** https://hybrid-ai-web.github.io/hybrid-ai/#share : 64 GiB, as of every site. */
export const defaultShare = 2 ** 36;

/** https://hybrid-ai-web.github.io/hybrid-ai/#memory-limit */
export const defaultMemoryLimit = 2 ** 32;

/** https://hybrid-ai-web.github.io/hybrid-ai/#today */
export function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}
