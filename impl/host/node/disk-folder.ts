import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Folder, OpenFile } from "../host.ts";
import { bytesOf } from "../local-buffer.ts";
import { Turns } from "../turns.ts";

/** What a global object is needed for: its buffers and its exceptions. */
export type Realm = Pick<typeof globalThis, "Uint8Array" | "DOMException">;

/** The turns of this process at the files of a folder on disk, however many objects stand for it. */
const turnsByPath = new Map<string, Turns>();

/** A folder on disk, which is made when something is first written to it. Other processes take no turns with this one. */
export class DiskFolder implements Folder {
  readonly #path: string;
  readonly #realm: Realm;
  readonly #turns: Turns;

  constructor(folder: string, realm: Realm = globalThis) {
    this.#path = path.resolve(folder);
    this.#realm = realm;
    this.#turns = turnsByPath.get(this.#path) ?? new Turns();
    turnsByPath.set(this.#path, this.#turns);
  }

  async names(): Promise<string[]> {
    return (await orNull(readdir(this.#path))) ?? [];
  }

  async size(name: string): Promise<number | null> {
    return (await orNull(stat(this.#at(name))))?.size ?? null;
  }

  open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    const flags = access === "read" ? constants.O_RDONLY : constants.O_RDWR;
    return this.#open(name, access, () => orNull(open(this.#at(name), flags)));
  }

  async create(name: string): Promise<OpenFile> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
    const file = await this.#open(name, "write", async () => {
      await mkdir(this.#path, { recursive: true });
      return open(this.#at(name), flags);
    });
    return file!;
  }

  /** The name has changed for good only when the folder itself is on the disk. */
  async rename(from: string, to: string): Promise<void> {
    await this.#turns.during(from, "write", () =>
      this.#turns.during(to, "write", async () => {
        await rename(this.#at(from), this.#at(to));
        const folder = await open(this.#path, constants.O_RDONLY);
        await folder.sync().finally(() => folder.close());
      }),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#turns.during(name, "write", () => rm(this.#at(name), { force: true }));
  }

  #at(name: string): string {
    return path.join(this.#path, name);
  }

  async #open(
    name: string,
    access: "read" | "write",
    open: () => Promise<FileHandle | null>,
  ): Promise<OpenFile | null> {
    const end = await this.#turns.take(name, access);
    try {
      const handle = await open();
      if (handle !== null) return this.#openFile(handle, access, end);
      end();
      return null;
    } catch (error) {
      end();
      throw this.#translated(error);
    }
  }

  #openFile(handle: FileHandle, access: "read" | "write", end: () => void): OpenFile {
    let closed = false;
    return {
      size: async () => (await handle.stat()).size,
      read: async (offset, length) => {
        const { size } = await handle.stat();
        const bytes = new this.#realm.Uint8Array(Math.max(0, Math.min(length, size - offset)));
        const count = await readInto(handle, offset, bytes);
        return count === bytes.length ? bytes : bytes.slice(0, count);
      },
      readInto: (offset, buffer) => readInto(handle, offset, bytesOf(buffer)),
      write: (offset, bytes) => this.#write(handle, offset, bytesOf(bytes)),
      truncate: (size) => handle.truncate(size),
      close: async () => {
        if (closed) return;
        closed = true;
        try {
          if (access === "write") await handle.datasync();
        } finally {
          await handle.close().finally(end);
        }
      },
    };
  }

  async #write(handle: FileHandle, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      for (let position = 0; position < bytes.length;) {
        const count = Math.min(bytes.length - position, mostAtOnce);
        const { bytesWritten } = await handle.write(bytes, position, count, offset + position);
        position += bytesWritten;
      }
    } catch (error) {
      throw this.#translated(error);
    }
  }

  #translated(error: unknown): unknown {
    if (!fullDisk.has((error as NodeJS.ErrnoException).code ?? "")) return error;
    return new this.#realm.DOMException("There is no room left to store this.", "QuotaExceededError");
  }
}

/** The system reads and writes less than 2 GiB at once. */
const mostAtOnce = 2 ** 30;

async function readInto(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<number> {
  let position = 0;
  while (position < bytes.length) {
    const count = Math.min(bytes.length - position, mostAtOnce);
    const { bytesRead } = await handle.read(bytes, position, count, offset + position);
    if (bytesRead === 0) break;
    position += bytesRead;
  }
  return position;
}

const fullDisk = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Null where there is no such file or folder. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
