/** What a progress bar draws on: a terminal, mostly. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Who is told how a long work goes. */
export interface Progress {
  /** So many bytes more are to be read than was known. */
  expect(bytes: number): void;
  /** So many bytes were read. */
  add(bytes: number): void;
}

export const untold: Progress = { expect: () => {}, add: () => {} };

/** One line that grows with the bytes; on anything but a terminal, nothing. */
export class ProgressBar implements Progress {
  readonly #terminal: Terminal;
  #total: number;
  #done = 0;
  #drawn = "";

  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal;
    this.#total = total;
  }

  expect(bytes: number): void {
    this.#total += bytes;
  }

  add(bytes: number): void {
    this.#done += bytes;
    this.#draw();
  }

  clear(): void {
    if (this.#drawn !== "") this.#terminal.write(`\r${" ".repeat(this.#drawn.length)}\r`);
    this.#drawn = "";
  }

  #draw(): void {
    if (this.#terminal.isTTY !== true) return;
    const megabytes = `${(this.#done / 1e6).toFixed(1)} MB`;
    const width = Math.min(40, (this.#terminal.columns ?? 80) - megabytes.length - 12);
    const share = this.#total === 0 ? 0 : Math.min(1, this.#done / this.#total);
    const filled = Math.round(share * width);
    // A server need not say how much it is going to send.
    const bar = this.#total === 0 ? "" : `[${"#".repeat(filled)}${"-".repeat(width - filled)}] `;
    const line = `reading ${bar}${megabytes}`;
    if (line === this.#drawn) return;
    this.#terminal.write(`\r${line.padEnd(this.#drawn.length)}`);
    this.#drawn = line;
  }
}
