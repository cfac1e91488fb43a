import { forgivingBase64Encode } from "../infra/forgiving-base64.ts";
import type { Host } from "../host/host.ts";

/** How much is hashed at a time, in bytes: a call of its own for each piece of a stream costs more than the hashing. */
const mostAtOnce = 2 ** 22;

/** The digest of what a stream gives, and how much it was, in memory for one piece. */
export async function digestOf(
  host: Host,
  stream: ReadableStream<Uint8Array>,
): Promise<{ digest: string; size: number }> {
  const hash = host.startAHash();
  const piece = new Uint8Array(mostAtOnce);
  const reader = stream.getReader();
  let size = 0;
  let filled = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (let bytes = next.value; bytes.length > 0;) {
      const part = bytes.subarray(0, mostAtOnce - filled);
      piece.set(part, filled);
      filled += part.length;
      bytes = bytes.subarray(part.length);
      if (filled < mostAtOnce) continue;
      await hash.update(piece);
      filled = 0;
    }
    size += next.value.length;
  }
  await hash.update(piece.subarray(0, filled));
  return { digest: `sha256-${forgivingBase64Encode(await hash.digest())}`, size };
}
