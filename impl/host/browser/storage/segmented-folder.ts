import type { Folder, HostBuffer, OpenFile } from "../../host.ts";
import { aLocalBuffer, bytesOf } from "../../local-buffer.ts";
import { emptied } from "./emptied.ts";
import { fileHandle, isNotFound } from "./file-system.ts";
import type { DirectoryHandle } from "./file-system.ts";

/** In bytes. Longer ones cost more to copy, shorter ones more to open: the time to store a chunk is least about here. */
export const ordinaryLength = 2 ** 21;

/** What stands after the head of a long file: the name of the folder of its other segments. No file is called so. */
const link = /^=hybrid-ai-rest-[0-9a-f]{16}$/;
const lengthOfALink = 32;

function aNewLink(): string {
  const random = () => Math.floor(Math.random() * 2 ** 32);
  const digits = [random(), random()].map((number) => number.toString(16).padStart(8, "0"));
  return `=hybrid-ai-rest-${digits.join("")}`;
}

/**
 * A folder in which long files stand in segments, because what is written to a file by a writable stream costs a copy of it.
 *
 * A long file is a head, which has the file's name and at its end a link, and the other segments, which are files in a folder of the
 * link's name. So whatever is done to the head is done to the file, and a file without a link is what it always was. A segment that
 * is not there, or is short, stands for zeros.
 */
export class SegmentedFolder implements Folder {
  readonly #directory: DirectoryHandle;
  readonly #plain: Folder;
  readonly #use: (directory: DirectoryHandle) => Folder;
  readonly #length: number;
  readonly #divides: boolean;

  /**
   * `plain` is the folder of `directory`, and `use` gives the folder of one within. `divides` tells whether files that grow long are
   * divided; those that are already are read and written in any case.
   */
  constructor(
    directory: DirectoryHandle,
    plain: Folder,
    use: (directory: DirectoryHandle) => Folder,
    { divides, length = ordinaryLength }: { readonly divides: boolean; readonly length?: number },
  ) {
    this.#directory = directory;
    this.#plain = plain;
    this.#use = use;
    this.#divides = divides;
    this.#length = length;
  }

  async names(): Promise<string[]> {
    return (await this.#plain.names()).filter((name) => !name.startsWith("="));
  }

  async size(name: string): Promise<number | null> {
    const size = await this.#plain.size(name);
    if (size === null || !this.#mayBeLinked(size)) return size;
    const rest = await this.#restOf(name, size);
    return rest === null ? size : size - lengthOfALink + (await this.#sizeOfTheRest(rest));
  }

  async open(name: string, access: "read" | "write"): Promise<OpenFile | null> {
    const head = await this.#plain.open(name, access);
    return head === null ? null : this.#openFile(head);
  }

  async create(name: string): Promise<OpenFile> {
    const earlier = await this.open(name, "write");
    if (earlier === null) return this.#openFile(await this.#plain.create(name));
    return emptied(earlier);
  }

  /** NB: Of a long file that is replaced, a crash can leave the rest: what the cache replaces is hardly ever long. */
  async rename(from: string, to: string): Promise<void> {
    const size = await this.#plain.size(to);
    const replaced = size !== null && this.#mayBeLinked(size) ? await this.#restOf(to, size) : null;
    await this.#plain.rename(from, to);
    if (replaced !== null) await this.#removeTheRest(replaced);
  }

  async remove(name: string): Promise<void> {
    const size = await this.#plain.size(name);
    if (size !== null && this.#mayBeLinked(size)) {
      const file = await this.open(name, "write");
      if (file !== null) await (await emptied(file)).close();
    }
    await this.#plain.remove(name);
  }

  #mayBeLinked(size: number): boolean {
    return size > lengthOfALink && (size - lengthOfALink) % this.#length === 0;
  }

  /** The name of the folder of the rest of a file of this size, or null. Waits for nobody. */
  async #restOf(name: string, size: number): Promise<string | null> {
    const stored = await (await fileHandle(this.#directory, name))?.getFile();
    return stored === undefined ? null : linkIn(await stored.slice(size - lengthOfALink, size).arrayBuffer());
  }

  async #sizeOfTheRest(rest: string): Promise<number> {
    const folder = await this.#folderOfTheRest(rest, false);
    // NB: Chromium leaves copies of segments on a full disk.
    const names = ((await folder?.names()) ?? []).filter((name) => /^\d+$/.test(name));
    const last = Math.max(-1, ...names.map(Number));
    return last < 0 ? 0 : last * this.#length + ((await folder!.size(`${last}`)) ?? 0);
  }

  async #folderOfTheRest(rest: string, create: boolean): Promise<Folder | null> {
    try {
      return this.#use(await this.#directory.getDirectoryHandle(rest, { create }));
    } catch (error) {
      if (!create && isNotFound(error)) return null;
      throw error;
    }
  }

  async #removeTheRest(rest: string): Promise<void> {
    await this.#directory.removeEntry(rest, { recursive: true }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async #openFile(head: OpenFile): Promise<OpenFile> {
    try {
      const size = await head.size();
      const isLong = this.#mayBeLinked(size);
      const name = isLong ? linkIn((await head.read(size - lengthOfALink, lengthOfALink)).buffer) : null;
      return this.#segmented(head, name === null ? null : await this.#restAt(size - lengthOfALink, name));
    } catch (error) {
      await head.close();
      throw error;
    }
  }

  async #restAt(start: number, name: string): Promise<Rest> {
    const folder = await this.#folderOfTheRest(name, false);
    return { name, start, size: await this.#sizeOfTheRest(name), folder };
  }

  #segmented(head: OpenFile, given: Rest | null): OpenFile {
    const length = this.#length;
    let rest = given;

    /** Divides the file where a write goes beyond the end of its head. */
    const divideFor = async (end: number): Promise<void> => {
      if (!this.#divides || end <= length) return;
      const start = Math.max(1, Math.ceil((await head.size()) / length)) * length;
      if (end <= start) return;
      const name = aNewLink();
      await head.write(start, new TextEncoder().encode(name));
      rest = { name, start, size: 0, folder: null };
    };

    const inSegment = async <T>(
      index: number,
      access: "read" | "write",
      steps: (file: OpenFile) => Promise<T>,
    ) => {
      const to = rest!;
      if (access === "write") to.folder ??= await this.#folderOfTheRest(to.name, true);
      const file =
        (await to.folder?.open(`${index}`, access)) ??
        (access === "write" ? await to.folder!.create(`${index}`) : null);
      if (file === null) return null;
      try {
        return await steps(file);
      } finally {
        await file.close();
      }
    };

    const size = async () => (rest === null ? head.size() : rest.start + rest.size);

    const readInto = async (offset: number, buffer: HostBuffer): Promise<number> => {
      if (rest === null) return head.readInto(offset, buffer);
      const end = Math.max(offset, Math.min(offset + buffer.length, await size()));
      for (const { index, from, to, position } of segments(offset, end, rest.start, length)) {
        const part = buffer.subarray(position, position + to - from);
        const read = (file: OpenFile) => file.readInto(from, part);
        const count = (await (index === null ? read(head) : inSegment(index, "read", read))) ?? 0;
        if (count < part.length) bytesOf(part).fill(0, count);
      }
      return end - offset;
    };

    return {
      size,
      readInto,
      async read(offset, count) {
        if (rest === null) return head.read(offset, count);
        const bytes = new Uint8Array(Math.max(0, Math.min(count, (await size()) - offset)));
        await readInto(offset, aLocalBuffer(bytes));
        return bytes;
      },
      write: async (offset, bytes) => {
        const end = offset + bytes.length;
        if (rest === null && bytes.length > 0) await divideFor(end);
        if (rest === null) return head.write(offset, bytes);
        for (const { index, from, to, position } of segments(offset, end, rest.start, length)) {
          const part = bytes.subarray(position, position + to - from);
          const write = (file: OpenFile) => file.write(from, part);
          await (index === null ? write(head) : inSegment(index, "write", write));
          rest.size = Math.max(rest.size, offset + position + part.length - rest.start);
        }
      },
      truncate: async (to) => {
        if (rest === null) return head.truncate(to);
        const { name, start } = rest;
        if (to <= start) {
          await this.#removeTheRest(name);
          rest = null;
          return head.truncate(to);
        }
        const last = Math.ceil((to - start) / length) - 1;
        const most = Math.ceil(rest.size / length) - 1;
        for (let index = most; index > last; index -= 1) await rest.folder!.remove(`${index}`);
        await inSegment(last, "write", (file) => file.truncate(to - start - last * length));
        rest.size = to - start;
      },
      close: () => head.close(),
    };
  }
}

/** What comes after the head of a file. */
interface Rest {
  readonly name: string;
  /** Where it begins in the file. */
  readonly start: number;
  size: number;
  /** Null where nothing was written there yet. */
  folder: Folder | null;
}

function linkIn(bytes: ArrayBuffer): string | null {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return link.test(text) ? text : null;
}

/** The parts of the segments (null stands for the head) that the bytes from `offset` to `end` lie in. */
function* segments(
  offset: number,
  end: number,
  start: number,
  length: number,
): Generator<{ index: number | null; from: number; to: number; position: number }> {
  for (let at = offset; at < end;) {
    const isInHead = at < start;
    const index = isInHead ? null : Math.floor((at - start) / length);
    const begin = index === null ? 0 : start + index * length;
    const next = Math.min(end, isInHead ? start : begin + length);
    yield { index, from: at - begin, to: next - begin, position: at - offset };
    at = next;
  }
}
