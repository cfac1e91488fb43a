import type { HostResponse } from "../host/host.ts";
import { Failure } from "../infra/failure.ts";

/** The first `limit` bytes of a response's body, or all where it is shorter. Throws the signal's abort reason. */
export async function readAtMost(
  limit: number,
  response: HostResponse,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | Failure> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const piece of response.body) {
      pieces.push(piece);
      length += piece.length;
      if (length >= limit || signal.aborted) break;
    }
  } catch {
    if (!signal.aborted) return new Failure("the response broke off");
  }
  if (signal.aborted) throw signal.reason;

  const bytes = new Uint8Array(Math.min(length, limit));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, bytes.length - position), position);
    position += piece.length;
  }
  return bytes;
}
