import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { Random } from "./random.ts";

/** A file of a scene: as pages ask for it, and as it is sent. */
export interface ServedFile {
  readonly descriptor: {
    readonly digest: string;
    readonly size: number;
    readonly urls: readonly string[];
    readonly chunks: { readonly size: number; readonly digest?: string; readonly urls: readonly string[] };
  };
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const chunkSize = 65536;

/** As many chunks may be on their way at once, beside the one that a server is about to send: law 5. */
export const chunksUnderWay = 8;

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

function tableOf(bytes: Uint8Array): Buffer {
  const head = Buffer.from("HAICHNK1________----");
  head.writeBigUInt64BE(BigInt(bytes.length), 8);
  head.writeUInt32BE(chunkSize, 16);
  const count = Math.ceil(bytes.length / chunkSize);
  const hashes = Array.from({ length: count }, (_, index) =>
    sha256(bytes.subarray(index * chunkSize, (index + 1) * chunkSize)),
  );
  return Buffer.concat([head, ...hashes]);
}

/**
 * One origin: its files, what is done to them on the way, and how far a page has come. A test says where it is to stop; then
 * `stopped` resolves, and nothing moves there until the test lets it.
 */
export class Scene {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Each operation that changed the disk, in order. */
  readonly operations: string[] = [];
  /** How many bytes of files were sent. */
  bytesSent = 0;
  requests = 0;
  /** The number of the operation before which the page stops, or within which, where it is torn. */
  stopsAt = Infinity;
  tears = false;
  /** How many bytes are sent before the server sends no more. */
  stopsAfter = Infinity;
  /** Whether a chunk is sent only when no more than `chunksUnderWay` are on their way to the disk. */
  isPaced = false;
  /** What is sent in place of the bytes. */
  onTheWay: (bytes: Uint8Array<ArrayBuffer>, offset: number) => Uint8Array = (bytes) => bytes;

  #life = 0;
  #hasStopped = false;
  #chunksSent = 0;
  #chunksWritten = 0;
  #stop = Promise.withResolvers<undefined>();
  readonly #waiting: (() => void)[] = [];

  /** How many chunks a page has begun to write. */
  get chunksWritten(): number {
    return this.#chunksWritten;
  }

  get stopped(): Promise<undefined> {
    return this.#stop.promise;
  }

  /** A file of random bytes, with its chunk table if it is to have one. */
  add(name: string, size: number, { seed = 1, table = false, kind = "sha256" } = {}): ServedFile {
    const random = new Random(seed);
    const bytes = Uint8Array.from({ length: size }, () => random.next());
    const treeDigest = `sha256tree-${sha256(tableOf(bytes)).toString("base64")}`;
    const digest = kind === "sha256" ? `sha256-${sha256(bytes).toString("base64")}` : treeDigest;
    this.files.set(`/${name}`, bytes);
    if (table) this.files.set(`/${name}.chunks`, Uint8Array.from(tableOf(bytes)));
    const chunks = table
      ? { size: chunkSize, digest: treeDigest, urls: [`/${name}.chunks`] }
      : { size: chunkSize, urls: [] };
    return { descriptor: { digest, size, urls: [`/${name}`], chunks }, bytes };
  }

  /** From now on nothing stops. What was being sent went to somebody who is no more. */
  goOn(): void {
    this.#life += 1;
    this.stopsAt = Infinity;
    this.stopsAfter = Infinity;
    this.isPaced = false;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** What becomes of an operation: it is done, or torn, or never ends. */
  async pass(point: URLSearchParams): Promise<"go" | "tear"> {
    const operation = point.get("operation")!;
    const length = Number(point.get("length"));
    const number = this.operations.length;
    if (operation !== "torn") this.operations.push(operation);
    const isHere = number >= this.stopsAt;
    if (isHere && this.tears && length > 0 && operation !== "torn") return "tear";
    if (isHere) {
      const isTheFirst = !this.#hasStopped;
      this.#hasStopped = true;
      this.#stop.resolve(undefined);
      if (isTheFirst) return new Promise<never>(() => undefined);
      // A page that lives on can have another worker before the test lets the scene go on.
      while (number >= this.stopsAt) await this.#change();
    }
    // What is longer than a few hashes is bytes of the file.
    if (length > 4096) this.#chunksWritten += Math.ceil(length / chunkSize);
    for (const wake of this.#waiting.splice(0)) wake();
    return "go";
  }

  async send(name: string, range: string | undefined, response: ServerResponse): Promise<boolean> {
    const bytes = this.files.get(name);
    if (bytes === undefined) return false;
    this.requests += 1;
    const asked = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const first = Number(asked?.[1] ?? 0);
    const end = Math.min(Number(asked?.[2] ?? Infinity) + 1, bytes.length);
    const headers: Record<string, string> = { "Content-Length": `${end - first}`, "Accept-Ranges": "bytes" };
    if (asked !== null) headers["Content-Range"] = `bytes ${first}-${end - 1}/${bytes.length}`;
    response.writeHead(asked === null ? 200 : 206, headers);
    response.flushHeaders();
    const isTable = name.endsWith(".chunks");
    const life = this.#life;
    const gone = new Promise<never>((_resolve, reject) => {
      response.once("close", () => reject(new Error("gone")));
    });
    gone.catch(() => undefined);
    for (let at = first; at < end;) {
      const next = Math.min(at - (at % chunkSize) + chunkSize, end);
      if (!isTable) await this.#turn();
      if (life !== this.#life) throw new Error("gone");
      const allowed = isTable ? next - at : Math.min(next - at, this.stopsAfter - this.bytesSent);
      const part = this.onTheWay(bytes.subarray(at, at + allowed), isTable ? -1 : at);
      if (!isTable) this.bytesSent += allowed;
      await Promise.race([new Promise<void>((sent) => response.write(part, () => sent())), gone]);
      if (allowed < next - at) {
        await this.#written(Math.floor(this.stopsAfter / chunkSize));
        this.#stop.resolve(undefined);
        return new Promise<never>(() => undefined);
      }
      at = next;
    }
    response.end();
    return true;
  }

  /** Waits until one more chunk may be on its way. */
  async #turn(): Promise<void> {
    while (this.isPaced && this.#chunksSent - this.#chunksWritten >= chunksUnderWay) await this.#change();
    this.#chunksSent += 1;
  }

  async #written(chunks: number): Promise<void> {
    while (this.isPaced && this.#chunksWritten < chunks) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
