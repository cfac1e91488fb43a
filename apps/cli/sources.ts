import type { Stats } from "node:fs";
import { readdir, realpath, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { download } from "./download.ts";
import type { Downloaded } from "./download.ts";
import { LockError, TooLargeError } from "./lock-error.ts";
import { nearness } from "./nearness.ts";
import type { Nearness } from "./nearness.ts";
import { downloadsOfTheUser, fileNameFor, makePrivateFolder } from "./private-files.ts";
import type { Progress } from "./progress-bar.ts";

/** A file to lock: a path, or the URL where it is already served. */
export type Source = string;

/** A source whose bytes are on this machine. */
export interface LocalFile {
  /** Where its bytes are. */
  path: string;
  size: number;
  /** The source as the user wrote it. */
  source: Source;
  /** How near it came from. */
  from: Nearness;
}

export interface ReaderOptions {
  /** The folder where downloads lie: one in the user's cache folder, unless given. */
  downloads?: string | undefined;
  /** How many bytes may be downloaded. */
  mostBytes?: number | undefined;
}

export function isURL(source: Source): boolean {
  return /^https?:\/\//i.test(source);
}

/** The last part of a path or URL, without what a URL adds behind it. */
export function fileNameOf(source: Source): string {
  const { pathname } = isURL(source) ? new URL(source) : { pathname: source };
  return path.posix.basename(pathname.replaceAll(path.sep, "/"));
}

/** The file's name without its ending. */
export function stemOf(source: Source): string {
  return fileNameOf(source).replace(/\.[^.]+$/, "");
}

/** The ONNX files in a folder, by name; of a file or URL, itself. */
export async function filesIn(source: Source): Promise<Source[]> {
  if (isURL(source)) return [source];
  const found = await statOf(source);
  if (!found.isDirectory()) return [source];
  const names = (await readdir(source)).filter((name) => name.toLowerCase().endsWith(".onnx")).toSorted();
  if (names.length === 0) throw new LockError(`${source}: this folder holds no ONNX file.`);
  return names.map((name) => path.join(source, name));
}

/** All files in a folder and below it, each with its path from there; of a file or URL, itself without one. */
export async function filesBelow(source: Source): Promise<{ file: Source; below: string }[]> {
  if (isURL(source) || !(await statOf(source)).isDirectory()) return [{ file: source, below: "" }];
  const found = await readdir(source, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
  if (files.length === 0) throw new LockError(`${source}: this folder holds no file.`);
  return files.toSorted().map((file) => ({
    file,
    below: path.relative(source, file).replaceAll(path.sep, "/"),
  }));
}

/** What a URL in a manifest leads to: an http(s) URL, or, where the manifest lies on this machine, a path. */
export function sourceNamedBy(manifest: Source, url: string): Source {
  const named = URL.parse(url, isURL(manifest) ? manifest : pathToFileURL(manifest));
  if (named !== null && isURL(named.href)) return named.href;
  if (named?.protocol === "file:" && !isURL(manifest)) {
    try {
      return fileURLToPath(named);
    } catch (cause) {
      throw new LockError(`${url}: names no file on this machine.`, { cause });
    }
  }
  throw new LockError(`${url}: is no http or https URL.`);
}

/** Throws where a file is outside a folder, though a link leads to it from inside. */
export async function requireBelow(folder: string, file: string): Promise<void> {
  const way = path.relative(await realPathOf(folder), await realPathOf(file));
  if (way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)) return;
  throw new LockError(`${file}: lies outside the manifest's folder.`);
}

/** How many bytes a command downloads, unless told otherwise. */
export const usualMostBytes = 64 * 2 ** 30;

/** Gets sources onto this machine. */
export class SourceReader {
  readonly #manifest: Source;
  readonly #downloads: string;
  readonly #folder: string;
  readonly #progress: Progress;
  readonly #mostBytes: number;
  #hasDownloads = false;
  #downloaded = 0;
  /** How near the one is who names the sources. */
  #nearest: Nearness = nearness.thisMachine;

  /**
   * What is downloaded for a manifest lies in a folder in `downloads` until it is cleared, and is found there by the
   * manifest's next reader. All downloads together have no more than `mostBytes`.
   */
  constructor(
    manifest: Source,
    progress: Progress,
    { downloads = downloadsOfTheUser(), mostBytes = usualMostBytes }: ReaderOptions = {},
  ) {
    this.#manifest = manifest;
    this.#downloads = downloads;
    this.#folder = path.join(downloads, fileNameFor(isURL(manifest) ? manifest : path.resolve(manifest)));
    this.#progress = {
      expect: (bytes) => {
        progress.expect(bytes);
      },
      add: (bytes) => {
        this.#downloaded += bytes;
        progress.add(bytes);
      },
    };
    this.#mostBytes = mostBytes;
  }

  /** From then on it is the manifest that names sources: it may lead to no address nearer than its own. */
  async readManifest(largest: number): Promise<LocalFile> {
    const local = await this.read(this.#manifest, largest);
    this.#nearest = local.from;
    return local;
  }

  /** Of a URL, no more than `largest` bytes are taken. */
  async read(source: Source, largest = Infinity): Promise<LocalFile> {
    const { path: file, from } = isURL(source)
      ? await this.#download(source, largest)
      : { path: source, from: this.#nearest };
    const found = await statOf(file);
    if (!found.isFile()) throw new LockError(`${source}: is no regular file.`);
    return { path: file, size: found.size, source, from };
  }

  /** Throws where a download of so many bytes would be too much: before the first of them comes. */
  requireRoom(source: Source, size: number): void {
    if (isURL(source) && this.#downloaded + size > this.#mostBytes) throw this.#tooMuch(source);
  }

  /** Removes what was downloaded. */
  async clear(): Promise<void> {
    if (this.#hasDownloads) await rm(this.#folder, { recursive: true, force: true });
  }

  async #download(url: string, largest: number): Promise<Downloaded> {
    await makePrivateFolder(this.#downloads);
    await makePrivateFolder(this.#folder);
    this.#hasDownloads = true;
    const room = this.#mostBytes - this.#downloaded;
    const name = path.join(this.#folder, fileNameFor(url));
    try {
      return await download(url, name, this.#progress, Math.min(largest, room), this.#nearest);
    } catch (error) {
      // Where nothing has come there is nothing to go on with.
      await rmdir(this.#folder).catch(() => undefined);
      if (error instanceof TooLargeError && room < largest) throw this.#tooMuch(url);
      throw error;
    }
  }

  #tooMuch(url: string): LockError {
    return new LockError(
      `${url}: with it, more than ${this.#mostBytes} bytes would be downloaded. Say with --max-bytes how many may be.`,
    );
  }
}

function statOf(file: string): Promise<Stats> {
  return tryToRead(file, () => stat(file));
}

function realPathOf(file: string): Promise<string> {
  return tryToRead(file, () => realpath(file));
}

async function tryToRead<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new LockError(
      code === "ENOENT" ? `${file}: there is no such file.` : `${file}: cannot be read (${code}).`,
      {
        cause,
      },
    );
  }
}
