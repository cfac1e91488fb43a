import type { Folder, OpenFile } from "./host.ts";
import { bytesOf } from "./local-buffer.ts";
import { Turns } from "./turns.ts";

/** A folder that lasts as long as the object. */
export class MemoryFolder implements Folder {
  readonly #files = new Map<string, MemoryFile>();
  readonly #turns = new Turns();

  async names(): Promise<string[]> {
    return [...this.#files.keys()];
  }

  async size(name: string): Promise<number | null> {
    return this.#files.get(name)?.size ?? null;
  }

  async open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    const close = await this.#turns.take(name, access);
    const file = this.#files.get(name);
    if (file !== undefined) return openFile(file, close);
    close();
    return null;
  }

  async create(name: string): Promise<OpenFile> {
    const close = await this.#turns.take(name, "write");
    const file = new MemoryFile();
    this.#files.set(name, file);
    return openFile(file, close);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turns.during(from, "write", () =>
      this.#turns.during(to, "write", async () => {
        const file = this.#files.get(from);
        if (file === undefined) throw new DOMException(`There is no file "${from}".`, "NotFoundError");
        this.#files.set(to, file);
        this.#files.delete(from);
      }),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#turns.during(name, "write", async () => {
      this.#files.delete(name);
    });
  }
}

function openFile(file: MemoryFile, close: () => void): OpenFile {
  return {
    size: async () => file.size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size - offset)));
      file.read(offset, bytes);
      return bytes;
    },
    readInto: async (offset, buffer) => file.read(offset, bytesOf(buffer)),
    write: async (offset, bytes) => {
      file.write(offset, bytesOf(bytes));
    },
    truncate: async (size) => {
      file.truncate(size);
    },
    close: async () => {
      close();
    },
  };
}

const pageSize = 2 ** 18;

/** Bytes in pages, so that growing copies nothing and a gap takes no room. */
class MemoryFile {
  readonly #pages = new Map<number, Uint8Array<ArrayBuffer>>();
  size = 0;

  read(offset: number, bytes: Uint8Array): number {
    const count = Math.max(0, Math.min(bytes.length, this.size - offset));
    for (const { page, from, to, position } of runs(offset, count)) {
      const source = this.#pages.get(page);
      if (source === undefined) bytes.fill(0, position, position + to - from);
      else bytes.set(source.subarray(from, to), position);
    }
    return count;
  }

  write(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    for (const { page, from, to, position } of runs(offset, bytes.length)) {
      const target = this.#pages.get(page) ?? new Uint8Array(pageSize);
      this.#pages.set(page, target);
      target.set(bytes.subarray(position, position + to - from), from);
    }
    if (bytes.length > 0) this.size = Math.max(this.size, offset + bytes.length);
  }

  truncate(size: number): void {
    for (const page of this.#pages.keys()) {
      if (page * pageSize >= size) this.#pages.delete(page);
    }
    this.#pages.get(Math.floor(size / pageSize))?.fill(0, size % pageSize);
    this.size = size;
  }
}

/** The pages that `length` bytes from `offset` lie in: from where to where in the page, and at what position of the bytes. */
function* runs(
  offset: number,
  length: number,
): Generator<{ page: number; from: number; to: number; position: number }> {
  for (let position = 0; position < length;) {
    const page = Math.floor((offset + position) / pageSize);
    const from = (offset + position) % pageSize;
    const to = Math.min(pageSize, from + length - position);
    yield { page, from, to, position };
    position += to - from;
  }
}
