import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { rm } from "node:fs/promises";
import { withRegularFile } from "./private-files.ts";

/** What tells one content of a URL from another. */
export interface Representation {
  readonly url: string;
  /** What the server called this content, for `If-Range`; null where it has no name that could be trusted. */
  readonly validator: string | null;
  /** In bytes; null where the server did not say. */
  readonly size: number | null;
}

/** What a process that ends at any moment loses, and no more. */
const longestPiece = 2 ** 20;

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

/**
 * What has come of a download, in two files: its bytes, and beside them a journal that names each piece of them by its
 * SHA-256. Pieces are written before their names, and verified when a later process goes on: so it does not matter when
 * the earlier one ended.
 */
export class DownloadJournal {
  readonly bytesFile: string;
  readonly #journalFile: string;
  #representation: Representation | null = null;
  #length = 0;
  #piece = createHash("sha256");
  #lengthOfPiece = 0;

  constructor(name: string) {
    this.bytesFile = `${name}.bytes`;
    this.#journalFile = `${name}.journal`;
  }

  /** Of what is there; null where nothing is. */
  get representation(): Representation | null {
    return this.#representation;
  }

  /** How many bytes are there. */
  get length(): number {
    return this.#length;
  }

  get isComplete(): boolean {
    return this.#representation !== null && this.#representation.size === this.#length;
  }

  /** Takes up what an earlier process left, as far as it can be verified. */
  async takeUp(url: string): Promise<void> {
    const text = await read(this.#journalFile).catch(() => "");
    const [head = "", ...names] = text.split("\n");
    const representation = parse(head);
    if (representation?.url !== url) return;
    const kept: string[] = [];
    await withRegularFile(this.bytesFile, O_RDWR | O_CREAT, async (handle) => {
      for (const name of names) {
        const length = Math.min(Number.parseInt(name, 10) || 0, longestPiece);
        const piece = Buffer.alloc(length);
        await handle.read(piece, 0, length, this.#length);
        if (length === 0 || nameOf(length, hashOf(piece)) !== name) break;
        kept.push(name);
        this.#length += length;
      }
      await handle.truncate(this.#length);
    });
    if (this.#length === 0) return;
    this.#representation = representation;
    await write(this.#journalFile, [head, ...kept, ""].join("\n"));
  }

  /** Forgets what there is, for another content. */
  async start(representation: Representation): Promise<void> {
    this.#representation = representation;
    this.#length = 0;
    this.#startAPiece();
    await write(this.bytesFile, "");
    await write(this.#journalFile, `${JSON.stringify(representation)}\n`);
  }

  async append(bytes: Uint8Array): Promise<void> {
    await append(this.bytesFile, bytes);
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + longestPiece - this.#lengthOfPiece);
      this.#piece.update(part);
      this.#lengthOfPiece += part.length;
      this.#length += part.length;
      from += part.length;
      if (this.#lengthOfPiece === longestPiece) await this.endThePiece();
    }
  }

  /** Names what has come since the last name. */
  async endThePiece(): Promise<void> {
    if (this.#lengthOfPiece === 0) return;
    await append(this.#journalFile, `${nameOf(this.#lengthOfPiece, this.#piece.digest("hex"))}\n`);
    this.#startAPiece();
  }

  /** Says that all has come: where the server did not tell the size, it is known now. */
  async complete(): Promise<void> {
    await this.endThePiece();
    this.#representation = { ...this.#representation!, size: this.#length };
    const [, ...names] = (await read(this.#journalFile)).split("\n");
    await write(this.#journalFile, [JSON.stringify(this.#representation), ...names].join("\n"));
  }

  /** Forgets what there is, and leaves nothing of it. */
  async remove(): Promise<void> {
    this.#representation = null;
    this.#length = 0;
    this.#startAPiece();
    await rm(this.#journalFile, { force: true });
    await rm(this.bytesFile, { force: true });
  }

  #startAPiece(): void {
    this.#piece = createHash("sha256");
    this.#lengthOfPiece = 0;
  }
}

function read(file: string): Promise<string> {
  return withRegularFile(file, O_RDONLY, (handle) => handle.readFile("utf8"));
}

function write(file: string, text: string): Promise<void> {
  return withRegularFile(file, O_WRONLY | O_CREAT | O_TRUNC, (handle) => handle.writeFile(text));
}

function append(file: string, bytes: Uint8Array | string): Promise<void> {
  return withRegularFile(file, O_WRONLY | O_APPEND, (handle) => handle.writeFile(bytes));
}

function nameOf(length: number, hash: string): string {
  return `${length} ${hash}`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function parse(line: string): Representation | null {
  try {
    return JSON.parse(line) as Representation;
  } catch {
    return null;
  }
}
