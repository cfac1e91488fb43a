import { ProtocolError } from "./protocol-error.ts";

/**
 * The bodies of requests in memory, from their first byte until they are done with. Only what has arrived counts, so
 * that whoever promises much and sends slowly takes no place from others.
 */
export class RequestBodies {
  readonly #largest: number;
  readonly #most: number;
  #held = 0;

  /**
   * @param largest - how many bytes a body may have
   * @param most - how many bytes all bodies at a time may have
   */
  constructor(largest: number, most: number) {
    this.#largest = largest;
    this.#most = most;
  }

  /**
   * Reads the body of a request, and holds it for as long as `use` takes.
   *
   * @throws ProtocolError 413 where it is too large, 429 where there is no place for it now
   */
  async hold<T>(request: Request, use: (body: Uint8Array) => Promise<T>): Promise<T> {
    if (Number(request.headers.get("Content-Length") ?? 0) > this.#largest) throw this.#tooLarge();
    let buffer = new ArrayBuffer();
    let length = 0;
    try {
      for await (const piece of request.body ?? []) {
        const end = length + piece.length;
        if (end > this.#largest) throw this.#tooLarge();
        if (this.#held + piece.length > this.#most) {
          throw new ProtocolError(429, "The server has enough to read. Try again later.");
        }
        this.#held += piece.length;
        // Pieces may be of a byte each, and many: kept as they are, each would take a hundred times that.
        if (end > buffer.byteLength) buffer = buffer.transfer(Math.max(end, 2 * buffer.byteLength));
        new Uint8Array(buffer).set(piece, length);
        length = end;
      }
      return await use(new Uint8Array(buffer, 0, length));
    } finally {
      this.#held -= length;
    }
  }

  #tooLarge(): ProtocolError {
    return new ProtocolError(413, `A request may have ${this.#largest} bytes.`);
  }
}
