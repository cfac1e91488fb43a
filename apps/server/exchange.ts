import type { MiddlewareHandler } from "hono";

/** One request and what was answered, for those who count. `bodySent` grows while the body is on its way. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** The Range header, if there was one. */
  readonly range: string | undefined;
  status: number;
  /** Bytes of the answer's body that were handed to the network. */
  bodySent: number;
}

export interface Variables {
  exchange: Exchange;
}

/** Tells `listener` of each request as it arrives; the same object is filled in as the answer is made. */
export function observeExchanges(
  listener: (exchange: Exchange) => void,
): MiddlewareHandler<{ Variables: Variables }> {
  return async (context, next) => {
    const { method, path } = context.req;
    const exchange: Exchange = { method, path, range: context.req.header("Range"), status: 0, bodySent: 0 };
    context.set("exchange", exchange);
    listener(exchange);
    await next();
    exchange.status = context.res.status;
  };
}
