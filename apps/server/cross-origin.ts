import type { MiddlewareHandler } from "hono";

/**
 * Lets pages of any origin use what this server offers: models and inference are public here, and no request carries
 * credentials. A preflight is answered at once.
 */
export const allowAnyOrigin: MiddlewareHandler = async (context, next) => {
  context.header("Access-Control-Allow-Origin", "*");
  if (context.req.method === "OPTIONS") {
    context.header("Access-Control-Allow-Methods", "GET, HEAD, POST");
    // The asterisk stands for every header but this one.
    context.header("Access-Control-Allow-Headers", "*, Authorization");
    context.header("Access-Control-Max-Age", "7200");
    return context.body(null, 204);
  }
  context.header(
    "Access-Control-Expose-Headers",
    "Accept-Ranges, Content-Length, Content-Range, ETag, Inference-Header-Content-Length, Retry-After",
  );
  context.header("Cross-Origin-Resource-Policy", "cross-origin");
  context.header("Timing-Allow-Origin", "*");
  context.header("X-Content-Type-Options", "nosniff");
  await next();
  return undefined;
};

/** Makes the pages cross-origin isolated, so that WebAssembly may use threads. */
export const isolate: MiddlewareHandler = async (context, next) => {
  context.header("Cross-Origin-Opener-Policy", "same-origin");
  context.header("Cross-Origin-Embedder-Policy", "require-corp");
  await next();
};
