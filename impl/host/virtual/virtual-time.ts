interface Sleeper {
  readonly moment: number;
  readonly wake: () => void;
}

/**
 * Time that stands still while work is under way and otherwise jumps to the next moment that somebody waits for, so that
 * a script sees the same times in every run. https://hybrid-ai-web.github.io/hybrid-ai/#virtual-model-environments
 */
export class VirtualTime {
  #now = 0;
  #worksUnderWay = 0;
  #turnIsQueued = false;
  readonly #sleepers: Sleeper[] = [];
  readonly #queueATask: (steps: () => void) => void;

  constructor(queueATask: (steps: () => void) => void) {
    this.#queueATask = queueATask;
  }

  now(): number {
    return this.#now;
  }

  /** Holds the time still until `work` settles. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#worksUnderWay += 1;
    try {
      return await work();
    } finally {
      this.#worksUnderWay -= 1;
      this.#queueATurn();
    }
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const forget = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal!.reason as Error);
      };
      const sleeper: Sleeper = {
        moment: this.#now + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener("abort", forget);
          resolve();
        },
      };
      signal?.addEventListener("abort", forget, { once: true });
      const later = this.#sleepers.findIndex(({ moment }) => moment > sleeper.moment);
      this.#sleepers.splice(later === -1 ? this.#sleepers.length : later, 0, sleeper);
      this.#queueATurn();
    });
  }

  /** Begins anew and wakes all who still wait, for when another environment is set or none. Work under way goes on. */
  restart(): void {
    this.#now = 0;
    for (const { wake } of this.#sleepers.splice(0)) wake();
  }

  /** Two tasks go by before the time moves: what was just settled has then had its say, and may have begun new work. */
  #queueATurn(): void {
    if (this.#turnIsQueued) return;
    this.#turnIsQueued = true;
    this.#queueATask(() => {
      this.#queueATask(() => {
        this.#turnIsQueued = false;
        this.#turn();
      });
    });
  }

  #turn(): void {
    if (this.#worksUnderWay > 0) return;
    const sleeper = this.#sleepers.shift();
    if (sleeper === undefined) return;
    this.#now = sleeper.moment;
    sleeper.wake();
    this.#queueATurn();
  }
}
