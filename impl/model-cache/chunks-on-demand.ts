import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import type { Failure } from "../infra/failure.ts";
import type { Part } from "./read-parts.ts";
import type { VerifiedFile } from "./verified-file.ts";

/**
 * The bytes of a file, a chunk for each call of `read`, each fresh and the caller's.
 *
 * NB: As long as one call follows the other at once the file stays open, and is read ahead. While nobody asks it is closed, so that it
 * can be deleted under a reader that has gone to sleep.
 */
export class ChunksOnDemand {
  readonly #host: Host;
  readonly #file: VerifiedFile;
  #parts: ReturnType<VerifiedFile["readParts"]> | null = null;
  /** What was read last. */
  #part: Part | null = null;
  #readsAhead = false;
  #calls = 0;

  constructor(host: Host, file: VerifiedFile) {
    this.#host = host;
    this.#file = file;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#read-bytes : those of one chunk, which follows the one that was read before. */
  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer> | Failure> {
    const call = (this.#calls += 1);
    if (this.#part === null || this.#part.start + this.#part.buffer.length <= start) {
      const parts = await this.#partsFrom(start, end);
      const { value } = await parts.next();
      if (value === undefined || isFailure(value)) {
        await this.close();
        return value ?? new Uint8Array();
      }
      this.#part = value;
    }
    const { buffer, start: before } = this.#part;
    const bytes = await buffer
      .subarray(start - before, end - before)
      .show((seen) => seen.slice())
      .catch(async (error: unknown) => {
        await this.close();
        throw error;
      });
    this.#host.queueATask(() => {
      this.#host.queueATask(() => {
        if (call === this.#calls) void this.close();
      });
    });
    return bytes;
  }

  /** Whoever begins, or comes back from a sleep, is given one chunk: more would be read for nothing if they go to sleep. */
  async #partsFrom(start: number, end: number): Promise<ReturnType<VerifiedFile["readParts"]>> {
    if (this.#parts !== null && this.#readsAhead) return this.#parts;
    this.#readsAhead = this.#parts !== null;
    await this.close();
    return (this.#parts = this.#file.readParts(start, this.#readsAhead ? this.#file.size : end));
  }

  async close(): Promise<void> {
    const parts = this.#parts;
    this.#parts = null;
    this.#part = null;
    await parts?.return();
  }
}
