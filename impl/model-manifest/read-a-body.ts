import type { HostResponse } from "../host/host.ts";
import { Failure } from "../infra/failure.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#read-a-body */
export async function readABody(
  body: HostResponse["body"],
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | Failure> {
  // 1. Let bytes be an empty byte sequence.
  // NB: Its pieces are joined at the end: a server can send a byte at a time.
  const pieces: Uint8Array[] = [];
  let length = 0;

  try {
    // 2. For each chunk of bytes that body transmits, in order:
    for await (const chunk of body) {
      // 2.1. If bytes's length plus chunk's length is greater than limit, then cancel body and return
      //      failure.
      if (length + chunk.length > limit) return new Failure(`there are more than ${limit} bytes`);

      // 2.2. Append chunk to bytes.
      pieces.push(chunk);
      length += chunk.length;
    }
  } catch {
    // 3. If body ended with an error, then return failure.
    return new Failure("the body ended with an error");
  }

  // 4. Return bytes.
  return joined(pieces, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}
