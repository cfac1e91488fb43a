export const nameOfAHashingWorker = "hybrid-ai hash";

/** What a storage worker asks of the worker that hashes for it. The bytes are lent, and come back with the answer. */
export interface HashMessage {
  readonly id: number;
  /** The number of a running hash; 0 for the hash of these bytes alone. */
  readonly running: number;
  /** Null at the end of a running hash. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** Of how many of these bytes each there is to be a hash. */
  readonly each?: number | undefined;
}

export interface HashAnswer {
  readonly id: number;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** 32 bytes each; null in the midst of a running hash, and where it failed. */
  readonly hash: Uint8Array<ArrayBuffer> | null;
  /** What it failed with. */
  readonly error?: Error;
}
