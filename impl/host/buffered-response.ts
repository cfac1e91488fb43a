import type { BufferedResponse, HostBuffer, HostResponse } from "./host.ts";
import { bytesOf } from "./local-buffer.ts";

/** A response whose body is taken into buffers of this agent's own memory. */
export function aBufferedResponse<R extends HostResponse>(response: R): Omit<R, "body"> & BufferedResponse {
  const iterator = response.body[Symbol.asyncIterator]();
  let piece = new Uint8Array(0);
  let failed = false;

  /** Whether there is a piece with bytes. */
  async function nextPiece(): Promise<boolean> {
    while (piece.length === 0) {
      const next = await iterator.next().catch(() => null);
      failed ||= next === null;
      if (next === null || next.done === true) return false;
      piece = next.value;
    }
    return true;
  }

  return {
    ...response,
    body: {
      async takeInto(buffer: HostBuffer, coming: (count: number) => void) {
        const bytes = bytesOf(buffer);
        let taken = 0;
        while (taken < bytes.length && (await nextPiece())) {
          const part = piece.subarray(0, bytes.length - taken);
          bytes.set(part, taken);
          taken += part.length;
          piece = piece.subarray(part.length);
          coming(taken);
        }
        return failed && taken < bytes.length ? null : taken;
      },
      hasMore: nextPiece,
      cancel: async () => {
        await iterator.return?.().catch(() => undefined);
      },
    },
  };
}
