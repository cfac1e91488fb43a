import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Context } from "hono";
import type { ByteRange } from "./byte-range.ts";
import { requestedRange } from "./byte-range.ts";
import type { Exchange, Variables } from "./exchange.ts";
import { mediaTypeOf } from "./media-type.ts";

const readSize = 256 * 1024;

/**
 * Answers a GET or HEAD with a file: whole, one range of it, or "not modified". Never more than one read in memory;
 * `pace` is waited for before each.
 */
export async function fileResponse(
  context: Context<{ Variables: Variables }>,
  file: string,
  pace?: (exchange: Exchange) => Promise<void>,
): Promise<Response> {
  const handle = await open(file, "r");
  let handedOver = false;
  try {
    const status = await handle.stat({ bigint: true });
    const size = Number(status.size);
    // Another content, another tag: the time is in nanoseconds, and a file that was replaced has another inode.
    const tag = `"${[status.size, status.mtimeNs, status.ino].map((part) => part.toString(36)).join("-")}"`;
    context.header("ETag", tag);
    context.header("Accept-Ranges", "bytes");
    context.header("Cache-Control", "no-cache");
    if (namesTag(context.req.header("If-None-Match"), tag)) return context.body(null, 304);

    context.header("Content-Type", mediaTypeOf(file));
    const condition = context.req.header("If-Range");
    const range =
      condition === undefined || condition === tag
        ? requestedRange(context.req.header("Range"), size)
        : "whole";
    if (range === "unsatisfiable") {
      context.header("Content-Range", `bytes */${size}`);
      return context.body(null, 416);
    }

    const { first, last } = range === "whole" ? { first: 0, last: size - 1 } : range;
    context.header("Content-Length", String(last - first + 1));
    if (range !== "whole") context.header("Content-Range", `bytes ${first}-${last}/${size}`);
    const answer = range === "whole" ? 200 : 206;
    if (context.req.method === "HEAD" || size === 0) return context.body(null, answer);

    handedOver = true;
    const exchange = context.get("exchange");
    return context.body(streamOf(handle, { first, last }, exchange, pace), answer);
  } finally {
    if (!handedOver) await handle.close();
  }
}

/** Whether an If-None-Match header holds the tag. Weak and strong tags compare alike here (RFC 9110, section 13.1.2). */
function namesTag(header: string | undefined, tag: string): boolean {
  const names = header?.split(",").map((name) => name.trim().replace(/^W\//, "")) ?? [];
  return names.includes(tag) || names.includes("*");
}

/** The bytes of an open file. Owns the handle: closes it at the end, at an error, and when the reader goes away. */
function streamOf(
  handle: FileHandle,
  { first, last }: ByteRange,
  exchange: Exchange,
  pace?: (exchange: Exchange) => Promise<void>,
): ReadableStream<Uint8Array> {
  let position = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await pace?.(exchange);
          const buffer = new Uint8Array(Math.min(readSize, last - position + 1));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
          if (bytesRead === 0) throw new Error("The file became shorter while it was sent.");
          controller.enqueue(buffer.subarray(0, bytesRead));
          position += bytesRead;
          exchange.bodySent += bytesRead;
          if (position <= last) return;
          controller.close();
        } catch (error) {
          await handle.close();
          throw error;
        }
        await handle.close();
      },
      cancel: () => handle.close(),
    },
    { highWaterMark: 0 },
  );
}
