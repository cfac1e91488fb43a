import type { Line } from "./host.ts";

type Limits = Omit<Line, "savesData">;

/**
 * Three requests at once leave a page half of the connections that a browser keeps to a server of HTTP/1.1. 32 MiB take
 * long enough for a request more to cost next to nothing, and are few enough for all to end at about the same time.
 */
export const ordinaryLimits: Limits = { parallelLimit: 3, rangeLength: 32 * 2 ** 20, stallTime: 30_000 };

/** https://hybrid-ai-web.github.io/hybrid-ai/#parallel-limit : while there is a virtual model environment. */
export const virtualLimits: Limits = { parallelLimit: 3, rangeLength: 2 ** 20, stallTime: 30_000 };
