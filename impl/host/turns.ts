interface Turn {
  readonly access: "read" | "write";
  readonly begin: (end: () => void) => void;
  begun: boolean;
}

/** Who may use what is named: many readers at a time or one writer, in the order of asking. */
export class Turns {
  readonly #queues = new Map<string, Turn[]>();

  /** Resolves when the turn has come, with what ends it. Ending it twice does no harm. */
  take(name: string, access: "read" | "write"): Promise<() => void> {
    return new Promise((begin) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      queue.push({ access, begin, begun: false });
      this.#beginNext(name, queue);
    });
  }

  /** Runs `steps` within a turn to write if it comes at once; otherwise runs nothing, and is null. */
  async duringIfFree<T>(name: string, steps: () => Promise<T>): Promise<T | null> {
    return this.#queues.has(name) ? null : this.during(name, "write", steps);
  }

  /** Runs `steps` within a turn. */
  async during<T>(name: string, access: "read" | "write", steps: () => Promise<T>): Promise<T> {
    const end = await this.take(name, access);
    try {
      return await steps();
    } finally {
      end();
    }
  }

  #beginNext(name: string, queue: Turn[]): void {
    for (const [position, turn] of queue.entries()) {
      if (turn.access === "write" && position > 0) return;
      if (!turn.begun) {
        turn.begun = true;
        turn.begin(() => {
          this.#end(name, queue, turn);
        });
      }
      if (turn.access === "write") return;
    }
  }

  #end(name: string, queue: Turn[], turn: Turn): void {
    const position = queue.indexOf(turn);
    if (position === -1) return;
    queue.splice(position, 1);
    if (queue.length === 0) this.#queues.delete(name);
    else this.#beginNext(name, queue);
  }
}
