import type { Host, HostBuffer, RunningHash } from "../host/host.ts";

/**
 * The SHA-256 of a file whose chunks come one by one.
 *
 * NB: A chunk that comes when its turn is come is hashed while it is in memory; the others are read again at the end.
 */
export interface HashInOrder {
  /** The index whose turn it is. */
  next: number;
  running: RunningHash;
}

export function startAHashInOrder(host: Host): HashInOrder {
  return { next: 0, running: host.startAHash() };
}

export async function hashIfItIsItsTurn(
  hash: HashInOrder,
  index: number,
  bytes: Uint8Array<ArrayBuffer> | HostBuffer,
): Promise<void> {
  if (index !== hash.next) return;
  hash.next += 1;
  await hash.running.update(bytes);
}

/** What was hashed of a chunk that is dropped was hashed in vain. */
export function forgetTheTurnOf(host: Host, hash: HashInOrder, index: number): void {
  if (index < hash.next) Object.assign(hash, startAHashInOrder(host));
}
