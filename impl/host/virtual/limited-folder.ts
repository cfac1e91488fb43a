import type { Folder, OpenFile } from "../host.ts";

/** A folder in which every write fails, as on a full disk, that would make its files hold more than `capacity` bytes. */
export class LimitedFolder implements Folder {
  readonly #folder: Folder;
  readonly #capacity: () => number;

  constructor(folder: Folder, capacity: () => number) {
    this.#folder = folder;
    this.#capacity = capacity;
  }

  names(): Promise<string[]> {
    return this.#folder.names();
  }

  size(name: string): Promise<number | null> {
    return this.#folder.size(name);
  }

  async open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    const file = await this.#folder.open(name, access);
    return file === null ? null : this.#limit(name, file);
  }

  async create(name: string): Promise<OpenFile> {
    return this.#limit(name, await this.#folder.create(name));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#folder.rename(from, to);
  }

  remove(name: string): Promise<void> {
    return this.#folder.remove(name);
  }

  #limit(name: string, file: OpenFile): OpenFile {
    return {
      size: () => file.size(),
      read: (offset, length) => file.read(offset, length),
      readInto: (offset, buffer) => file.readInto(offset, buffer),
      write: async (offset, bytes) => {
        const size = Math.max(await file.size(), offset + bytes.length);
        if (size + (await this.#sizeOfAllBut(name)) > this.#capacity()) {
          throw new DOMException("The disk is full.", "QuotaExceededError");
        }
        await file.write(offset, bytes);
      },
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }

  async #sizeOfAllBut(name: string): Promise<number> {
    let sum = 0;
    for (const other of await this.#folder.names()) {
      if (other !== name) sum += (await this.#folder.size(other)) ?? 0;
    }
    return sum;
  }
}
