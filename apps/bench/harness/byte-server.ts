import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { generatedBytes } from "./generated-bytes.ts";

/** A line that drops: after every `every` bytes of generated files, `times` times. */
export interface Line {
  readonly every: number;
  readonly times: number;
  /** How fast it is: with more than a client takes, what is lost in the network's buffers would count as sent. */
  readonly bytesPerSecond: number;
}

/** What the server has sent of generated files. */
export interface Tally {
  /** Bytes of bodies that were handed to the network. */
  readonly bytes: number;
  readonly requests: number;
  /** The most requests that were answered at one time. */
  readonly mostAtOnce: number;
  /** How often the line has dropped. */
  readonly interruptions: number;
  /** The paths of other files that were asked for. */
  readonly others: readonly string[];
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * A server that does nothing but send: generated files, `/bytes/SIZE`, with ranges, and the files of one folder, all from
 * memory, to pages of any origin, none of it to be kept by an HTTP cache unless its path begins with `/kept/`.
 */
export class ByteServer {
  readonly server: Server;
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #running = new Set<ServerResponse>();
  #line: Line = { every: Infinity, times: 0, bytesPerSecond: Infinity };
  #sinceTheLast = 0;
  /** When the line takes more. */
  #free = 0;
  #tally = { bytes: 0, requests: 0, mostAtOnce: 0, interruptions: 0, others: [] as string[] };

  constructor(folder: string) {
    this.#files = filesOf(folder);
    this.server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Begins to count anew, on a line that drops as told. */
  begin(line: Line): void {
    this.#line = line;
    this.#free = 0;
    this.#sinceTheLast = 0;
    this.#tally = { bytes: 0, requests: 0, mostAtOnce: 0, interruptions: 0, others: [] };
  }

  get tally(): Tally {
    return this.#tally;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag");
    response.setHeader("Cache-Control", pathname.startsWith("/kept/") ? "max-age=3600" : "no-store");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();

    const size = /^\/bytes\/(?<size>\d+)$/.exec(pathname)?.groups?.size;
    if (size !== undefined) return this.#sendGenerated(request, response, Number(size));

    this.#tally.others.push(pathname);
    const name = pathname.replace(/^\/(kept\/)?/, "") || "page.html";
    const file = this.#files.get(name);
    if (file === undefined) return void response.writeHead(404).end();
    const type = mediaTypes[path.extname(name)] ?? "application/octet-stream";
    const range = startAnswer(request, response, { size: file.length, type });
    response.end(range === null ? undefined : file.subarray(range.start, range.end));
  }

  async #sendGenerated(request: IncomingMessage, response: ServerResponse, size: number): Promise<void> {
    const range = startAnswer(request, response, { size, type: "application/octet-stream" });
    if (range === null) return void response.end();
    // Of what is counted as sent, the less is lost with a line that drops the smaller the pieces are.
    const longest = this.#line.times > 0 ? 1 << 16 : 1 << 20;
    this.#tally.requests += 1;
    this.#running.add(response);
    this.#tally.mostAtOnce = Math.max(this.#tally.mostAtOnce, this.#running.size);
    try {
      for (const piece of generatedBytes(range.start, range.end, longest)) {
        if (response.destroyed) return;
        await this.#send(response, piece);
      }
      response.end();
    } finally {
      this.#running.delete(response);
    }
  }

  /** Sends a piece, or what the line lets through of it before it drops. */
  async #send(response: ServerResponse, piece: Buffer): Promise<void> {
    await this.#turn(piece.length);
    if (response.destroyed) return;
    const { every, times } = this.#line;
    const left = this.#tally.interruptions < times ? every - this.#sinceTheLast : Infinity;
    const part = piece.subarray(0, left);
    this.#tally.bytes += part.length;
    this.#sinceTheLast += part.length;
    const drops = part.length === left;
    if (drops) {
      this.#sinceTheLast = 0;
      this.#tally.interruptions += 1;
    }
    await written(response, part);
    if (drops) for (const each of [...this.#running]) each.destroy();
  }

  /** Until the line, which all answers share, takes so many bytes more. */
  async #turn(bytes: number): Promise<void> {
    const now = performance.now();
    const begin = Math.max(this.#free, now);
    this.#free = begin + (1000 * bytes) / this.#line.bytesPerSecond;
    if (begin > now) await setTimeout(begin - now);
  }
}

interface Body {
  readonly size: number;
  readonly type: string;
}

/** Sends the headers, and tells which bytes are to follow: null where none are. */
function startAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { size, type }: Body,
): { start: number; end: number } | null {
  const range = /^bytes=(?<first>\d+)-(?<last>\d*)$/.exec(request.headers.range ?? "")?.groups;
  const start = Number(range?.first ?? 0);
  const end = Math.min(size, Number(range?.last || size - 1) + 1);
  if (start >= end) {
    response.writeHead(416, { "Content-Range": `bytes */${size}` });
    return null;
  }
  response.setHeader("Content-Type", type);
  response.setHeader("Accept-Ranges", "bytes");
  response.setHeader("Content-Length", end - start);
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${size}`);
  response.writeHead(range === undefined ? 200 : 206);
  return request.method === "HEAD" ? null : { start, end };
}

/** Until the network has taken it: what is counted as sent is also on its way. */
function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.write(bytes, () => {
      response.off("close", resolve);
      resolve();
    });
  });
}

function filesOf(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => [path.relative(folder, file).split(path.sep).join("/"), readFileSync(file)]),
  );
}
