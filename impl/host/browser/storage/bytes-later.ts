import type { Bytes, Folder, RunningHash } from "../../host.ts";
import { bytesAreLost } from "../../lost-bytes.ts";

/**
 * Bytes whose place is only known when they are first asked for. `begin` finds one, and calls `end` when that is no more: then it is
 * asked for another.
 */
export function bytesLater(begin: (end: () => void) => Promise<Bytes>): Bytes {
  let begun: Promise<Bytes> | null = null;
  const end = () => {
    begun = null;
  };
  const bytes = () => (begun ??= begin(end));
  return {
    makeABuffer: async (length) => (await bytes()).makeABuffer(length),
    fetchIntoBuffers: async (request) => (await bytes()).fetchIntoBuffers(request),
    async folder(storageKey) {
      let place = await bytes();
      let folder = await place.folder(storageKey);
      if (folder === null) return null;
      return folderLater(async () => {
        const now = await bytes();
        if (now !== place) {
          folder = await now.folder(storageKey);
          place = now;
        }
        if (folder === null) throw bytesAreLost();
        return folder;
      });
    },
    memory: folderLater(async () => (await bytes()).memory),
    sha256: async (given, each) => (await bytes()).sha256(given, each),
    startAHash() {
      let hash: Promise<RunningHash> | null = null;
      const started = () => (hash ??= bytes().then((place) => place.startAHash()));
      return {
        update: async (given) => (await started()).update(given),
        digest: async () => (await started()).digest(),
      };
    },
  };
}

function folderLater(folder: () => Promise<Folder>): Folder {
  return {
    names: async () => (await folder()).names(),
    size: async (name) => (await folder()).size(name),
    open: async (name, access) => (await folder()).open(name, access),
    create: async (name) => (await folder()).create(name),
    rename: async (from, to) => (await folder()).rename(from, to),
    remove: async (name) => (await folder()).remove(name),
  };
}
