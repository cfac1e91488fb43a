/** What is printed of a run: headings, and facts under them. */
export class Transcript {
  readonly #print: (line: string) => void;
  readonly #promises: { promise: string; held: boolean }[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  heading(words: string): void {
    this.#print(`\n${words}`);
  }

  /** A fact of one or more lines. */
  fact(label: string, words: string): void {
    const [first = "", ...rest] = words.split("\n");
    this.#print(`  ${label.padEnd(10)} ${first}`);
    for (const line of rest) this.#print(`  ${"".padEnd(10)} ${line}`);
  }

  /** What must be true, and whether it was. */
  promise(promise: string, held: boolean): void {
    this.#promises.push({ promise, held });
    this.#print(`  ${held ? "✓" : "✗"}          ${promise}`);
  }

  get promises(): readonly { promise: string; held: boolean }[] {
    return this.#promises;
  }
}
