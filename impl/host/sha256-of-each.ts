/** SHA-256 of every `each` bytes, one behind the other. */
export async function sha256OfEach(
  subtle: { digest(name: "SHA-256", bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> },
  bytes: Uint8Array<ArrayBuffer>,
  each: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (each >= bytes.length) return new Uint8Array(await subtle.digest("SHA-256", bytes));
  const count = Math.ceil(bytes.length / each);
  const hashes = new Uint8Array(32 * count);
  const place = async (_: unknown, index: number) => {
    const part = bytes.subarray(index * each, (index + 1) * each);
    hashes.set(new Uint8Array(await subtle.digest("SHA-256", part)), 32 * index);
  };
  await Promise.all(Array.from({ length: count }, place));
  return hashes;
}
