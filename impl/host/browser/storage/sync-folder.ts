import type { Folder, OpenFile } from "../../host.ts";
import { bytesOf } from "../../local-buffer.ts";
import type { Agents } from "./agents.ts";
import { emptied } from "./emptied.ts";
import { fileHandle, moveFile, namesIn, removeFile, sizeOf } from "./file-system.ts";
import type { DirectoryHandle, FileHandle, SyncAccessHandle } from "./file-system.ts";

/** In bytes: engines count them in 32 bits. */
const mostAtOnce = 2 ** 30;

/**
 * A folder of the origin private file system, by synchronous handles: for dedicated workers of engines that have them.
 * Nothing is flushed: it would double the time of a download, and what a loss of power tears is found when it is read.
 */
export class SyncFolder implements Folder {
  readonly #folder: DirectoryHandle;
  readonly #agents: Agents;
  /** Whether several agents can have a file open to read. Engines that do not know of it give one handle at a time. */
  #canShare = false;

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
    await this.#agents.during(name, "write", () => removeFile(this.#folder, name));
  }

  async #open(
    name: string,
    access: "read" | "write",
    find: () => Promise<FileHandle | null>,
  ): Promise<OpenFile | null> {
    const end = await this.#agents.take(name, this.#canShare ? access : "write");
    try {
      const file = await find();
      if (file !== null) return openFile(await this.#handle(file, access), end);
    } catch (error) {
      end();
      throw error;
    }
    end();
    return null;
  }

  async #handle(file: FileHandle, access: "read" | "write"): Promise<SyncAccessHandle> {
    const mode = access === "read" ? "read-only" : "readwrite";
    const learn = () => {
      this.#canShare = true;
      return mode;
    };
    return file.createSyncAccessHandle({
      get mode() {
        return learn();
      },
    });
  }
}

function openFile(handle: SyncAccessHandle, end: () => void): OpenFile {
  let isOpen = true;

  function read(offset: number, bytes: Uint8Array): number {
    let position = 0;
    while (position < bytes.length) {
      const count = handle.read(bytes.subarray(position, position + mostAtOnce), { at: offset + position });
      if (count === 0) break;
      position += count;
    }
    return position;
  }

  return {
    size: async () => handle.getSize(),
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, handle.getSize() - offset)));
      const count = read(offset, bytes);
      return count === bytes.length ? bytes : bytes.slice(0, count);
    },
    readInto: async (offset, buffer) => read(offset, bytesOf(buffer)),
    async write(offset, given) {
      const bytes = bytesOf(given);
      for (let position = 0; position < bytes.length;) {
        const count = handle.write(bytes.subarray(position, position + mostAtOnce), {
          at: offset + position,
        });
        if (count === 0) throw new DOMException("There is no room left to store this.", "QuotaExceededError");
        position += count;
      }
    },
    truncate: async (size) => handle.truncate(size),
    async close() {
      if (!isOpen) return;
      isOpen = false;
      try {
        handle.close();
      } finally {
        end();
      }
    },
  };
}
