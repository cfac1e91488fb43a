/** The part of the File System Standard that is used here, also where a global's own types lack it. */

export interface DirectoryHandle {
  keys(): AsyncIterable<string>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  getDirectoryHandle(name: string, options: { create: boolean }): Promise<DirectoryHandle>;
  removeEntry(name: string, options?: { recursive: boolean }): Promise<void>;
}

export interface FileHandle {
  getFile(): Promise<StoredFile>;
  createWritable(options?: { keepExistingData?: boolean }): Promise<Writable>;
  createSyncAccessHandle(options?: { mode?: "read-only" | "readwrite" }): Promise<SyncAccessHandle>;
  /** Not in the standard yet, and in every engine. */
  move(folder: DirectoryHandle, name: string): Promise<void>;
}

export interface StoredFile {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface Writable {
  write(chunk: { type: "write"; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

export interface SyncAccessHandle {
  getSize(): number;
  read(buffer: Uint8Array, options: { at: number }): number;
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  close(): void;
}

/** The file, or null where there is none. */
export async function fileHandle(folder: DirectoryHandle, name: string): Promise<FileHandle | null> {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** A folder that was cleared away has none. */
export async function namesIn(folder: DirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const name of folder.keys()) names.push(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [];
  }
  return names;
}

export async function sizeOf(folder: DirectoryHandle, name: string): Promise<number | null> {
  try {
    return (await (await fileHandle(folder, name))?.getFile())?.size ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** All engines move over another file, and at once: nobody finds neither. */
export async function moveFile(folder: DirectoryHandle, from: string, to: string): Promise<void> {
  await (await folder.getFileHandle(from)).move(folder, to);
}

export async function removeFile(folder: DirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

export function isNotFound(error: unknown): boolean {
  return (error as { name?: unknown }).name === "NotFoundError";
}
