import type { Folder } from "../../host.ts";
import { agentsThrough } from "./agents.ts";
import type { Agents, LockManager } from "./agents.ts";
import { alarmOf, answered, answeringDirectory } from "./answered.ts";
import type { TimingGlobal } from "./answered.ts";
import { isNotFound } from "./file-system.ts";
import type { DirectoryHandle, FileHandle } from "./file-system.ts";
import { givesSyncHandles } from "./gives-sync-handles.ts";
import { patient } from "./patient-folder.ts";
import { SegmentedFolder } from "./segmented-folder.ts";
import { SyncFolder } from "./sync-folder.ts";
import { WritableFolder } from "./writable-folder.ts";

/** A global, as far as its storage is concerned. */
export interface StorageGlobal extends TimingGlobal {
  readonly navigator: {
    readonly storage?: { getDirectory?(): Promise<unknown> };
    readonly locks?: unknown;
  };
  readonly FileSystemFileHandle?: { readonly prototype: object };
}

/** The name of the cache's folder. Its number changes with the way in which entries are stored. */
const nameOfTheFolder = "hybrid-ai-model-cache-1";

function hasMember(global: StorageGlobal, name: keyof FileHandle): boolean {
  return global.FileSystemFileHandle !== undefined && name in global.FileSystemFileHandle.prototype;
}

/** The cache's folder in the origin private file system, by whatever way this global has; null where it has none. */
export async function openTheFolder(global: StorageGlobal): Promise<Folder | null> {
  const { storage, locks } = global.navigator;
  if (storage?.getDirectory === undefined || !hasMember(global, "move")) return null;
  const alarm = alarmOf(global);
  const wait = (milliseconds: number) => new Promise<void>((resolve) => void alarm(resolve, milliseconds));
  try {
    const find = async () => {
      const root = (await answered(alarm, () => storage.getDirectory!())) as DirectoryHandle;
      return answeringDirectory(root, alarm).getDirectoryHandle(nameOfTheFolder, { create: true });
    };
    const agents = agentsThrough(locks as LockManager | undefined);
    const first = await find();
    if (hasMember(global, "createSyncAccessHandle") && (await givesSyncHandles(first))) {
      const use = (folder: DirectoryHandle, turns: Agents) => new SyncFolder(folder, turns);
      return foundAgain(first, find, (folder) => patient(segmented(folder, agents, use, false), wait));
    }
    if (!hasMember(global, "createWritable")) return null;
    const use = (folder: DirectoryHandle, turns: Agents) => new WritableFolder(folder, turns);
    return foundAgain(first, find, (folder) => patient(segmented(folder, agents, use, true), wait));
  } catch {
    // Opaque origins, private browsing and users who said so have no folder.
    return null;
  }
}

/** NB: Whoever has a segment open has its file open, too: the turns of others do not matter there. */
function segmented(
  folder: DirectoryHandle,
  agents: Agents,
  use: (folder: DirectoryHandle, agents: Agents) => Folder,
  divides: boolean,
): Folder {
  const within = (inner: DirectoryHandle) => use(inner, agentsThrough(undefined));
  return new SegmentedFolder(folder, use(folder, agents), within, { divides });
}

/** A folder that is found again, or made, where the user, or the site, has cleared the storage while it was in use. */
export function foundAgain<Handle>(
  first: Handle,
  find: () => Promise<Handle>,
  use: (handle: Handle) => Folder,
): Folder {
  let folder = use(first);
  async function attempt<T>(
    steps: (folder: Folder) => Promise<T>,
    isGone: (error: unknown) => boolean,
  ): Promise<T> {
    const tried = folder;
    try {
      return await steps(tried);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    if (folder === tried) folder = use(await find());
    return steps(folder);
  }
  return {
    names: () => attempt((each) => each.names(), isUnknown),
    size: (name) => attempt((each) => each.size(name), isUnknown),
    open: (name, access) => attempt((each) => each.open(name, access), isUnknown),
    rename: (from, to) => attempt((each) => each.rename(from, to), isUnknown),
    remove: (name) => attempt((each) => each.remove(name), isUnknown),
    // A file that is to be made is not looked for: what is not found is the folder.
    create: (name) =>
      attempt(
        (each) => each.create(name),
        (error) => isUnknown(error) || isNotFound(error),
      ),
  };
}

/** What Firefox says of a file that is to be made in a folder that is gone, and WebKit of everything there. */
function isUnknown(error: unknown): boolean {
  return (error as { name?: unknown }).name === "UnknownError";
}
