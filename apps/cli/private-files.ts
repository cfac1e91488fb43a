import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { LockError } from "./lock-error.ts";

/** Where this user's downloads lie until all is done with them: no one else, and no clone, puts anything there. */
export function downloadsOfTheUser(): string {
  const { XDG_CACHE_HOME: caches = "" } = process.env;
  return path.join(path.isAbsolute(caches) ? caches : path.join(os.homedir(), ".cache"), "hybrid-ai");
}

/** A name that tells nothing of what it stands for, and fits into any folder. */
export function fileNameFor(source: string): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 32);
}

/** Makes a folder that only this user can enter; one that is there already must be such a folder. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  const user = process.getuid?.();
  const isOurs = user === undefined || (found.uid === user && (found.mode & 0o077) === 0);
  if (found.isDirectory() && isOurs) return;
  throw new LockError(
    `${folder}: downloads are kept only in a folder of your own that no one else can enter (mode 0700). ` +
      "Remove this one, or name another place in XDG_CACHE_HOME.",
  );
}

/** Opens a file for as long as `use` takes, and refuses what is not a file itself: a link, a device, a pipe. */
export async function withRegularFile<T>(
  file: string,
  flags: number,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await openItself(file, flags);
  try {
    if (!(await handle.stat()).isFile()) throw new LockError(`${file}: is no regular file. Remove it.`);
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function openItself(file: string, flags: number): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a pipe waits for its other end.
    return await open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new LockError(`${file}: cannot be opened as a file of its own (${code}). Remove it.`, { cause });
  }
}
