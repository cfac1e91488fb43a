import type { Arm, BenchFile } from "./arm.ts";

async function download({ url }: BenchFile): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response;
}

/** Nothing is stored. */
export const plainFetch: Arm = {
  cold: async (file) => (await download(file)).arrayBuffer(),
};

async function put(file: BenchFile): Promise<Cache> {
  const cache = await caches.open("bench");
  await cache.put(file.url, await download(file));
  return cache;
}

async function match(cache: Cache, file: BenchFile): Promise<ArrayBuffer> {
  return (await cache.match(file.url))!.arrayBuffer();
}

/** The way of most libraries. Nothing is verified. */
export const cacheAPI: Arm = {
  cold: async (file) => match(await put(file), file),
  store: put,
  warm: async (file) => match(await caches.open("bench"), file),
};

async function verified(bytes: ArrayBuffer, file: BenchFile): Promise<ArrayBuffer> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (`sha256-${btoa(String.fromCharCode(...hash))}` !== file.wholeFileDigest)
    throw new Error("Other bytes came.");
  return bytes;
}

/** The same with one digest of the whole, which is the least that a library needs to notice other bytes. */
export const cacheAPIAndDigest: Arm = {
  cold: async (file) => verified(await cacheAPI.cold(file), file),
  warm: async (file) => verified(await cacheAPI.warm!(file), file),
};

/** Opens the database anew, as a page does. */
async function inDatabase<Result>(
  mode: IDBTransactionMode,
  steps: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const opening = indexedDB.open("bench");
  opening.onupgradeneeded = () => void opening.result.createObjectStore("files");
  const database = await resultOf(opening);
  const transaction = database.transaction("files", mode);
  const request = steps(transaction.objectStore("files"));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("The transaction was aborted."));
  });
  database.close();
  return request.result;
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}

const get = <Value>(file: BenchFile) =>
  inDatabase("readonly", (store) => store.get(file.url) as IDBRequest<Value>);

const putIntoDatabase = (file: BenchFile, value: ArrayBuffer | Blob) =>
  inDatabase("readwrite", (store) => store.put(value, file.url));

export const indexedDBWithBuffers: Arm = {
  cold: async (file) => {
    await indexedDBWithBuffers.store!(file);
    return get<ArrayBuffer>(file);
  },
  store: async (file) => putIntoDatabase(file, await plainFetch.cold(file)),
  warm: (file) => get<ArrayBuffer>(file),
};

export const indexedDBWithBlobs: Arm = {
  cold: async (file) => {
    await indexedDBWithBlobs.store!(file);
    return indexedDBWithBlobs.warm!(file);
  },
  store: async (file) => putIntoDatabase(file, await (await download(file)).blob()),
  warm: async (file) => (await get<Blob>(file)).arrayBuffer(),
};

/** The file system of the origin, written through a stream. */
export const fileSystemStream: Arm = {
  cold: async (file) => {
    await fileSystemStream.store!(file);
    return fileSystemStream.warm!(file);
  },
  store: async (file) => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle("bench", { create: true });
    await (await download(file)).body!.pipeTo(await handle.createWritable());
  },
  warm: async () => {
    const folder = await navigator.storage.getDirectory();
    return (await (await folder.getFileHandle("bench")).getFile()).arrayBuffer();
  },
};
