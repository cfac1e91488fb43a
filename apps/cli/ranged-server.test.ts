import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** For the tests of this folder: a server of files whose answers break off when a test says so. */
export class RangedServer {
  readonly files = new Map<string, Uint8Array>();
  /** Each request's path with its Range, and how many bytes of a body it got. */
  readonly requests: { path: string; range: string | undefined; status: number; sent: number }[] = [];
  /** The connection breaks when an answer has sent so many bytes. */
  breaksAfter = Infinity;
  /** What the content is called: an ETag, or none. */
  tag: string | null = '"one"';
  ignoresRanges = false;
  /** Calls all that it sends a part, asked for or not. */
  sendsParts = false;
  /** How far the ranges that it names lie from those that were asked for. */
  shift = 0;
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async start(address = "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, address, resolve));
    return `http://${address}:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get bytesSent(): number {
    return this.requests.reduce((sum, { sent }) => sum + sent, 0);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!;
    const { range, "if-range": ifRange, "if-none-match": ifNoneMatch } = request.headers;
    const seen = { path, range, status: 200, sent: 0 };
    this.requests.push(seen);
    const bytes = this.files.get(path);
    const first = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const isRange = range !== undefined && ifRange === this.tag && !this.ignoresRanges;
    if (bytes === undefined) seen.status = 404;
    else if (ifNoneMatch !== undefined && ifNoneMatch === this.tag) seen.status = 304;
    else if (isRange) seen.status = first < bytes.length ? 206 : 416;
    else if (this.sendsParts) seen.status = 206;
    response.statusCode = seen.status;
    if (bytes === undefined || seen.status === 304 || seen.status === 416) {
      response.end();
      return;
    }
    const body = isRange ? bytes.subarray(first) : bytes;
    if (this.tag !== null) response.setHeader("ETag", this.tag);
    const named = `bytes ${first + this.shift}-${bytes.length - 1}/${bytes.length}`;
    if (isRange) response.setHeader("Content-Range", named);
    response.setHeader("Content-Length", body.length);
    const part = body.subarray(0, this.breaksAfter);
    seen.sent = part.length;
    if (part.length === body.length) response.end(part);
    else response.write(part, () => response.destroy());
  }
}
