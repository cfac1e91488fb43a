import type { ModelFile } from "../../idl/page-types.ts";

/** How much a range is read of at a time, in bytes. */
const piece = 2 ** 20;

/** A response whose bytes are those of a file. Whoever wants them all at once gets them without a detour through a stream. */
export class ModelFileResponse extends Response {
  readonly #file: ModelFile;

  constructor(file: ModelFile, type: string) {
    super(file.stream(), { headers: headersOf(file.size, type) });
    this.#file = file;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.bodyUsed ? super.arrayBuffer() : this.#file.arrayBuffer();
  }
}

/**
 * The response to a request with a `Range` header: a part of the file where it asks for one that there is; null where it is to
 * be answered as if the header were not there.
 */
export function rangeResponse(file: ModelFile, type: string, range: string): Response | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const [first, last] = [match[1]!, match[2]!];
  const start = first === "" ? Math.max(0, file.size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? file.size : Math.min(file.size, Number(last) + 1);
  if (start >= file.size) {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${file.size}` } });
  }
  if (end <= start) return null;
  return new Response(partOf(file, start, end), {
    status: 206,
    headers: {
      ...headersOf(end - start, type),
      "Content-Range": `bytes ${start}-${end - 1}/${file.size}`,
    },
  });
}

function headersOf(length: number, type: string): Record<string, string> {
  return { "Content-Length": `${length}`, "Content-Type": type, "Accept-Ranges": "bytes" };
}

function partOf(file: ModelFile, start: number, end: number): ReadableStream<Uint8Array> {
  let position = start;
  return new ReadableStream({
    async pull(controller) {
      const bytes = new Uint8Array(Math.min(piece, end - position));
      await file.read(bytes, position);
      position += bytes.length;
      controller.enqueue(bytes);
      if (position === end) controller.close();
    },
  });
}
