import type { Digest } from "../concepts/digest.ts";
import type { Host } from "../host/host.ts";
import { addAbortSteps } from "../infra/abort-signal.ts";

const nameOfTheDownloadLock = (digest: Digest) => `model-cache ${digest}`;
const nameOfItsUse = (digest: Digest) => `model-cache use ${digest}`;

/** https://hybrid-ai-web.github.io/hybrid-ai/#download-lock */
export function holdingTheDownloadLock<T>(host: Host, digest: Digest, steps: () => Promise<T>): Promise<T> {
  return host.lock(host.storageKey, nameOfTheDownloadLock(digest), steps);
}

/** Runs steps during which a file is in use, be it by others too. */
export function using<T>(host: Host, digest: Digest, steps: () => Promise<T>): Promise<T> {
  return host.lock(host.storageKey, nameOfItsUse(digest), steps, "read");
}

/** Makes a file one that is in use, until what this resolves with is called, or the document stops being fully active. */
export function use(host: Host, digest: Digest): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const hold = (end: () => void) => {
      const stopWatching = addAbortSteps(host.untilItIsInactive(), end);
      resolve(() => {
        stopWatching();
        end();
      });
    };
    using(host, digest, () => new Promise<void>(hold)).catch(reject);
  });
}

/** Runs steps during which nobody writes to an entry; null at once, and no steps, where somebody does. */
export function ifItIsNotWrittenTo<T>(
  host: Host,
  digest: Digest,
  steps: () => Promise<T>,
): Promise<T | null> {
  return host.lockIfFree(host.storageKey, nameOfTheDownloadLock(digest), steps);
}

/**
 * Runs steps during which nobody else begins to use a file; null at once, and no steps, where somebody does.
 * https://hybrid-ai-web.github.io/hybrid-ai/#in-use
 */
export async function ifItIsNotInUse<T>(
  host: Host,
  digest: Digest,
  steps: () => Promise<T>,
): Promise<T | null> {
  return ifItIsNotWrittenTo(host, digest, () =>
    host.lockIfFree(host.storageKey, nameOfItsUse(digest), steps),
  );
}
