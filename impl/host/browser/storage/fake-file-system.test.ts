import type { DirectoryHandle, FileHandle, StoredFile, SyncAccessHandle, Writable } from "./file-system.ts";

interface StoredBytes {
  bytes: Uint8Array<ArrayBuffer>;
  /** The open synchronous handles. */
  readers: number;
  writers: number;
}

/**
 * A directory as a browser has it, as strict as the strictest: it gives no handle to a file that another has, moves over no
 * file that is open, and streams all of the buffer behind a view. `knowsModes` tells whether it knows read-only handles.
 */
export function fakeDirectory({ knowsModes = true } = {}): DirectoryHandle {
  const files = new Map<string, StoredBytes>();
  const directories = new Map<string, DirectoryHandle>();

  const find = (name: string): StoredBytes => {
    const file = files.get(name);
    if (file === undefined) throw new DOMException(`No ${name}.`, "NotFoundError");
    return file;
  };
  const assertIsFree = ({ readers, writers }: StoredBytes): void => {
    if (readers + writers > 0) throw new DOMException("It is open.", "NoModificationAllowedError");
  };

  function handle(name: string): FileHandle {
    let current = name;
    return {
      async getFile(): Promise<StoredFile> {
        const { bytes } = find(current);
        return { size: bytes.length, slice: (start, end) => new Blob([bytes.slice(start, end)]) };
      },
      async createWritable({ keepExistingData = false } = {}): Promise<Writable> {
        const file = find(current);
        assertIsFree(file);
        let bytes = keepExistingData ? file.bytes.slice() : new Uint8Array();
        return {
          async write({ position, data }) {
            bytes = written(bytes, position, new Uint8Array(data.buffer));
          },
          async truncate(size) {
            bytes = truncated(bytes, size);
          },
          async close() {
            file.bytes = bytes;
          },
        };
      },
      async createSyncAccessHandle(options): Promise<SyncAccessHandle> {
        const file = find(current);
        const isReader = knowsModes && options?.mode === "read-only";
        if (file.writers > 0 || (file.readers > 0 && !isReader)) {
          throw new DOMException("It is open.", "NoModificationAllowedError");
        }
        const count = (change: number) => {
          if (isReader) file.readers += change;
          else file.writers += change;
        };
        count(1);
        return {
          getSize: () => file.bytes.length,
          read(buffer, { at }) {
            const part = file.bytes.subarray(at, at + buffer.length);
            buffer.set(part);
            return part.length;
          },
          write(buffer, { at }) {
            file.bytes = written(file.bytes, at, buffer);
            return buffer.length;
          },
          truncate(size) {
            file.bytes = truncated(file.bytes, size);
          },
          close: () => count(-1),
        };
      },
      async move(_folder, to) {
        const file = find(current);
        assertIsFree(file);
        if (files.has(to)) assertIsFree(find(to));
        files.delete(current);
        files.set(to, file);
        current = to;
      },
    };
  }

  return {
    async *keys() {
      yield* [...files.keys(), ...directories.keys()];
    },
    async getFileHandle(name, options) {
      if (options?.create === true && !files.has(name)) {
        files.set(name, { bytes: new Uint8Array(), readers: 0, writers: 0 });
      }
      find(name);
      return handle(name);
    },
    async getDirectoryHandle(name, { create }) {
      const directory = directories.get(name) ?? (create ? fakeDirectory({ knowsModes }) : null);
      if (directory === null) throw new DOMException(`No ${name}.`, "NotFoundError");
      directories.set(name, directory);
      return directory;
    },
    async removeEntry(name, options) {
      if (options?.recursive === true && directories.delete(name)) return;
      assertIsFree(find(name));
      files.delete(name);
    },
  };
}

function written(bytes: Uint8Array, position: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(
    data.length === 0 ? bytes.length : Math.max(bytes.length, position + data.length),
  );
  next.set(bytes);
  if (data.length > 0) next.set(data, position);
  return next;
}

function truncated(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(size);
  next.set(bytes.subarray(0, size));
  return next;
}
