import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import type { ServedFile } from "./scene.ts";

/** What a page finds after a fault. */
export interface Aftermath {
  /** Before anything was fetched again: `nothing`, or `whole` with the right bytes; or what it was instead. */
  readonly found: string;
  /** The digests of what is whole after the file was fetched again. */
  readonly keys: readonly string[];
  /** Whether the file that was fetched again has the right bytes. */
  readonly isRight: boolean;
  /** The names of all files of the origin, then. */
  readonly names: readonly string[];
  /** And when the file was deleted. */
  readonly namesAtTheEnd: readonly string[];
}

/** Looks, in a page of the origin where it happened, at what there is, and goes on from there. */
export function aftermath(page: Page, { descriptor }: ServedFile): Promise<Aftermath> {
  return page.evaluate(
    async (file, digest): Promise<Aftermath> => {
      const cache = (navigator as unknown as { modelCache: Cache }).modelCache;
      interface Stored {
        arrayBuffer(): Promise<ArrayBuffer>;
        stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
      }
      interface Cache {
        match(digest: string): Promise<Stored | null>;
        fetch(file: unknown): Promise<Stored>;
        keys(): Promise<string[]>;
        delete(digest: string): Promise<boolean>;
      }
      const hashOf = async (stored: Stored) => {
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await stored.arrayBuffer()));
        return `sha256-${btoa(String.fromCharCode(...hash))}`;
      };
      const namesIn = async (folder: FileSystemDirectoryHandle): Promise<string[]> => {
        const names: string[] = [];
        for await (const [name, handle] of (
          folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
        ).entries()) {
          if (handle.kind === "file") names.push(name);
          else
            names.push(
              ...(await namesIn(handle as FileSystemDirectoryHandle)).map((inner) => `${name}/${inner}`),
            );
        }
        return names.toSorted();
      };
      const names = async () => namesIn(await navigator.storage.getDirectory());

      const there = await cache.match(digest);
      let found = "nothing";
      if (there !== null) {
        found = await hashOf(there).then(
          (hash) => (hash === digest ? "whole" : `other bytes: ${hash}`),
          (error: unknown) => String(error),
        );
      }
      const isRight = (await hashOf(await cache.fetch(file))) === digest;
      const keys = await cache.keys();
      // Whether a long file stands in segments lies with who wrote it: whether they go with it is seen at the end.
      const namesThen = (await names()).filter((name) => !name.includes("/="));
      await cache.delete(digest);
      return { found, keys, isRight, names: namesThen, namesAtTheEnd: await names() };
    },
    descriptor,
    descriptor.digest,
  );
}

/** Holds what was found against what a page finds where nothing happened. */
export function assertIsWhole(found: Aftermath, undisturbed: Aftermath, what: string): void {
  assert.match(found.found, /^(nothing|whole)$/, what);
  assert.ok(found.isRight, `${what}: other bytes`);
  assert.deepEqual(found.keys, undisturbed.keys, what);
  assert.deepEqual(found.names, undisturbed.names, `${what}: no orphans beside the file`);
  assert.deepEqual(found.namesAtTheEnd, undisturbed.namesAtTheEnd, `${what}: no orphans without it`);
}
