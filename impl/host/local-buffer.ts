import type { HostBuffer } from "./host.ts";

/** A buffer in the memory of this very agent. */
export class LocalBuffer implements HostBuffer {
  /** What all views share: null once it is freed. */
  readonly #memory: { bytes: Uint8Array<ArrayBuffer> | null };
  readonly start: number;
  readonly length: number;

  constructor(memory: { bytes: Uint8Array<ArrayBuffer> | null }, start: number, length: number) {
    this.#memory = memory;
    this.start = start;
    this.length = length;
  }

  /** The bytes themselves. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.lend().subarray(this.start, this.start + this.length);
  }

  subarray(start: number, end: number): LocalBuffer {
    return new LocalBuffer(this.#memory, this.start + start, end - start);
  }

  async set(source: HostBuffer, position: number): Promise<void> {
    this.bytes.set(bytesOf(source), position);
  }

  async show<T>(steps: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T> {
    return steps(this.bytes);
  }

  async take(): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes } = this;
    this.free();
    return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
  }

  free(): void {
    this.#memory.bytes = null;
  }

  get isWhole(): boolean {
    return this.length === this.lend().length;
  }

  /** All of the memory, for a while: nothing else uses it meanwhile. */
  lend(): Uint8Array<ArrayBuffer> {
    const { bytes } = this.#memory;
    if (bytes === null) throw new Error("This buffer was freed, or taken.");
    return bytes;
  }

  /** The memory again, or other memory in its place. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#memory.bytes !== null) this.#memory.bytes = bytes;
  }
}

/** `bytes` are given away, and alone in their buffer. */
export function aLocalBuffer(bytes: Uint8Array<ArrayBuffer>): LocalBuffer {
  return new LocalBuffer({ bytes }, 0, bytes.length);
}

/** What a file or a hash of this agent is given: its own bytes, or a buffer of this agent's. */
export function bytesOf(given: Uint8Array<ArrayBuffer> | HostBuffer): Uint8Array<ArrayBuffer> {
  return given instanceof LocalBuffer ? given.bytes : (given as Uint8Array<ArrayBuffer>);
}
