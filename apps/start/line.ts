import { setTimeout } from "node:timers/promises";
import type { Exchange } from "../server/exchange.ts";

/** A line that is not as fast as this machine talks to itself, so that a download takes its time, as it does for people. */
export class Line {
  readonly #bytesPerSecond: number;
  #held: Promise<void> = Promise.resolve();
  #runsHeld: Promise<void> = Promise.resolve();
  #free = performance.now();

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Lets only the first half megabyte of each model through until it is called to let the rest follow. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#held = promise;
    return () => resolve(undefined);
  }

  /** Lets no answer to a run through until it is called. */
  holdRuns(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#runsHeld = promise;
    return () => resolve(undefined);
  }

  /** For the server: waits until the line takes more of a model. What is no model goes at once, if it is not held. */
  readonly pace = async (exchange: Exchange): Promise<void> => {
    if (isForARun(exchange)) await this.#runsHeld;
    if (!isOfAModel(exchange)) return;
    if (exchange.bodySent >= 500_000) await this.#held;
    // The server sends 256 KiB at a time; the pieces of all files share the line.
    const now = performance.now();
    this.#free = Math.max(this.#free, now) + (262_144 / this.#bytesPerSecond) * 1000;
    await setTimeout(this.#free - now);
  };
}

/** Whether a request is for what a model is made of: everything but its manifest. */
export function isOfAModel({ path }: Exchange): boolean {
  return path.startsWith("/models/") && !path.endsWith("manifest.json");
}

/** Whether a request is for a run. */
export function isForARun({ path }: Exchange): boolean {
  return path.startsWith("/v2/");
}
