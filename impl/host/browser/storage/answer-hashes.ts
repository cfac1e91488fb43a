import type { Bytes, RunningHash } from "../../host.ts";
import type { HashAnswer, HashMessage } from "./hash-messages.ts";

/** Hashes for a storage worker. */
export function answerHashes(
  { sha256, startAHash }: Pick<Bytes, "sha256" | "startAHash">,
  answer: (message: HashAnswer, transfer: ArrayBuffer[]) => void,
): (message: HashMessage) => Promise<void> {
  const hashes = new Map<number, RunningHash>();

  async function hashOf({ running, bytes, each }: HashMessage): Promise<HashAnswer["hash"]> {
    if (running === 0) return sha256(bytes!, each);
    const hash = hashes.get(running) ?? startAHash();
    hashes.set(running, hash);
    if (bytes === null) {
      hashes.delete(running);
      return hash.digest();
    }
    await hash.update(bytes);
    return null;
  }

  return async (message) => {
    const { id, bytes } = message;
    const given = await hashOf(message).then(
      (hash) => ({ hash }),
      (error: unknown) => ({ hash: null, error: error as Error }),
    );
    answer({ id, bytes, ...given }, bytes === null ? [] : [bytes.buffer]);
  };
}
