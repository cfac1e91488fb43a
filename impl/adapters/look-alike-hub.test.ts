import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LookAlikeHubOptions {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly repository: string;
  /** Whether it lists a repository's files with their digests, as the hub does. */
  readonly hasTrees: boolean;
}

/** From this size on a file is kept apart, has a digest, and is had by a signed URL. */
const large = 2 ** 20;

/**
 * A server that behaves as a model hub does, as far as a download can tell: large files by a redirect to another origin, with
 * a URL that is signed for one request and worth nothing afterwards; `Range` honoured; `OPTIONS` refused; no manifest.
 */
export class LookAlikeHub {
  readonly #options: LookAlikeHubOptions;
  readonly #servers: Server[] = [];
  readonly #signatures = new Map<string, string>();
  /** Every request, as a line. */
  readonly requests: string[] = [];
  /** The bytes of large files that were sent. */
  bytesSent = 0;
  /** After how many of them it sends no more, and leaves whoever waits waiting. */
  stopsAfter = Infinity;
  /** Settled when it has come so far. */
  readonly stopped = Promise.withResolvers<undefined>();
  #waiting: (() => void) | null = null;
  #storage = "";
  /** https://… : `env.remoteHost`. */
  origin = "";

  constructor(options: LookAlikeHubOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.origin = `http://hub.localhost:${await this.#listen((...each) => this.#answer(...each))}/`;
    this.#storage = `http://storage.localhost:${await this.#listen((...each) => this.#answerSigned(...each))}`;
  }

  stop(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
    const server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url} ${request.headers.range ?? ""}`.trim());
      if (request.method === "OPTIONS") response.writeHead(403).end();
      else {
        response.setHeader("Access-Control-Allow-Origin", "*");
        answer(request, response);
      }
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { repository, files, hasTrees } = this.#options;
    const [path] = request.url!.split("?");
    if (hasTrees && path === `/api/models/${repository}/tree/main`) {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(listOf(files)));
      return;
    }
    const prefix = `/${repository}/resolve/main/`;
    const name = path!.startsWith(prefix) ? path!.slice(prefix.length) : "";
    const bytes = files[name];
    if (bytes === undefined) {
      response.writeHead(404).end("Entry not found");
    } else if (bytes.length >= large) {
      const signature = crypto.randomUUID();
      this.#signatures.set(signature, name);
      response.writeHead(302, { Location: `${this.#storage}/signed?signature=${signature}` }).end();
    } else {
      response
        .writeHead(200, { "Content-Type": "application/json", "Content-Length": bytes.length })
        .end(bytes);
    }
  }

  #answerSigned(request: IncomingMessage, response: ServerResponse): void {
    const signature = new URL(request.url!, this.#storage).searchParams.get("signature") ?? "";
    const name = this.#signatures.get(signature);
    this.#signatures.delete(signature);
    if (name === undefined) {
      response.writeHead(403).end("Request has expired");
      return;
    }
    const bytes = this.#options.files[name]!;
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const start = Number(range?.[1] ?? 0);
    const end = range?.[2] ? Math.min(bytes.length, Number(range[2]) + 1) : bytes.length;
    response.writeHead(range === null ? 200 : 206, {
      "Content-Length": end - start,
      "Access-Control-Expose-Headers": "Content-Range, Content-Length",
      ...(range !== null && { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` }),
    });
    this.#send(bytes.subarray(start, end), response);
  }

  /** Sends a few bytes more to one of those who wait. */
  trickle(count: number): void {
    const send = this.#waiting;
    this.#waiting = null;
    this.stopsAfter += count;
    send?.();
  }

  /** Piece by piece, each when the one before was taken. */
  #send(bytes: Uint8Array, response: ServerResponse): void {
    if (bytes.length === 0) {
      response.end();
      return;
    }
    const piece = bytes.subarray(0, Math.min(65536, this.stopsAfter - this.bytesSent));
    if (piece.length === 0) {
      this.#waiting ??= () => this.#send(bytes, response);
      this.stopped.resolve(undefined);
      return;
    }
    this.bytesSent += piece.length;
    response.write(piece, () => this.#send(bytes.subarray(piece.length), response));
  }
}

function listOf(files: Readonly<Record<string, Uint8Array>>): object[] {
  return Object.entries(files).map(([path, bytes]) => {
    const { length: size } = bytes;
    const oid = createHash("sha1").update(`blob ${size}\0`).update(bytes).digest("hex");
    const digest = () => createHash("sha256").update(bytes).digest("hex");
    return {
      type: "file",
      oid,
      size,
      path,
      ...(size >= large && { lfs: { oid: digest(), size, pointerSize: 134 } }),
    };
  });
}
