import type { Folder, OpenFile } from "../../host.ts";
import { bytesOf } from "../../local-buffer.ts";
import type { Agents } from "./agents.ts";
import { emptied } from "./emptied.ts";
import { fileHandle, moveFile, namesIn, removeFile, sizeOf } from "./file-system.ts";
import type { DirectoryHandle, FileHandle, Writable } from "./file-system.ts";

/**
 * A folder of the origin private file system, by writable streams: for engines without synchronous handles, and for pages
 * that may start no worker. What is written is there when its stream is closed, which copies the file: so in a short file it is
 * closed at once, and long ones stand in segments.
 */
export class WritableFolder implements Folder {
  readonly #folder: DirectoryHandle;
  readonly #agents: Agents;

  constructor(folder: DirectoryHandle, agents: Agents) {
    this.#folder = folder;
    this.#agents = agents;
  }

  names(): Promise<string[]> {
    return namesIn(this.#folder);
  }

  size(name: string): Promise<number | null> {
    return sizeOf(this.#folder, name);
  }

  open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    return this.#open(name, access, () => fileHandle(this.#folder, name));
  }

  async create(name: string): Promise<OpenFile> {
    const file = (await this.#open(name, "write", () => this.#folder.getFileHandle(name, { create: true })))!;
    return emptied(file);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#agents.during(from, "write", () =>
      this.#agents.during(to, "write", () => moveFile(this.#folder, from, to)),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#agents.during(name, "write", async () => {
      await removeFile(this.#folder, name);
      // On a full disk Chromium leaves what it had begun to copy.
      await removeFile(this.#folder, `${name}.crswap`).catch(() => undefined);
    });
  }

  async #open(
    name: string,
    access: "read" | "write",
    find: () => Promise<FileHandle | null>,
  ): Promise<OpenFile | null> {
    const end = await this.#agents.take(name, access);
    try {
      const file = await find();
      if (file !== null) return openFile(file, end);
    } catch (error) {
      end();
      throw error;
    }
    end();
    return null;
  }
}

/** In bytes. */
const mostToCopy = 2 ** 22;

function openFile(file: FileHandle, end: () => void): OpenFile {
  let isOpen = true;
  let writable: Writable | null = null;

  async function written(): Promise<Writable> {
    writable ??= await file.createWritable({ keepExistingData: true });
    return writable;
  }

  /** Makes what was written a part of the file. */
  async function settle(): Promise<void> {
    const settling = writable;
    writable = null;
    await settling?.close();
  }

  async function read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await settle();
    const stored = await file.getFile();
    const end = Math.min(stored.size, offset + length);
    return new Uint8Array(await stored.slice(Math.min(offset, end), end).arrayBuffer());
  }

  return {
    async size() {
      await settle();
      return (await file.getFile()).size;
    },
    read,
    async readInto(offset, buffer) {
      const bytes = await read(offset, buffer.length);
      bytesOf(buffer).set(bytes);
      return bytes.length;
    },
    async write(offset, given) {
      const bytes = bytesOf(given);
      if (bytes.length === 0) return;
      const { size } = await file.getFile();
      // WebKit writes all of the buffer behind a view.
      const data = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
      try {
        await (await written()).write({ type: "write", position: offset, data });
        if (size <= mostToCopy) await settle();
      } catch (error) {
        // What a stream had that failed is lost; what the file has is not.
        writable = null;
        throw error;
      }
    },
    async truncate(size) {
      await (await written()).truncate(size);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        await settle();
      } finally {
        end();
      }
    },
  };
}
