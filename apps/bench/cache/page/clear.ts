/** Deletes all that pages of this origin have stored. */
export async function clear(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name!);
      deleting.onsuccess = resolve;
      deleting.onerror = () => reject(deleting.error!);
    });
  }
  const folder = await navigator.storage.getDirectory();
  for await (const name of folder.keys()) await folder.removeEntry(name, { recursive: true });
}
