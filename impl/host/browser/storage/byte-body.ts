import type { BufferedBody } from "../../host.ts";
import { LocalBuffer } from "../../local-buffer.ts";

/** A body as a byte stream. */
export interface ByteStream {
  getReader(options: { mode: "byob" }): {
    read(
      view: Uint8Array<ArrayBuffer>,
    ): Promise<{ readonly done: boolean; readonly value?: Uint8Array<ArrayBuffer> | undefined }>;
    cancel(): Promise<void>;
  };
}

/**
 * A body whose bytes come straight into the buffers: the stream is lent their memory. Throws where the stream gives only pieces
 * of its own.
 */
export function aByteBody(stream: ByteStream): BufferedBody {
  const reader = stream.getReader({ mode: "byob" });
  let failed = false;
  /** A byte that was only looked for. */
  let found: number | null = null;

  /** Reads into a part of a memory, and gives the memory back with how many bytes came: 0 at the end. */
  async function read(
    memory: Uint8Array<ArrayBuffer>,
    start: number,
    end: number,
  ): Promise<[Uint8Array<ArrayBuffer>, number]> {
    const { length } = memory;
    const { value } = await reader.read(memory.subarray(start, end)).catch(() => {
      failed = true;
      return { value: undefined };
    });
    // The memory is lost with a stream that failed, or was cancelled.
    return value === undefined ? [new Uint8Array(length), 0] : [new Uint8Array(value.buffer), value.length];
  }

  return {
    async takeInto(buffer, coming) {
      if (!(buffer instanceof LocalBuffer)) throw new Error("This buffer is another agent's.");
      let taken = 0;
      if (found !== null && buffer.length > 0) {
        buffer.bytes[0] = found;
        found = null;
        taken = 1;
      }
      while (taken < buffer.length) {
        const [memory, count] = await read(buffer.lend(), buffer.start + taken, buffer.start + buffer.length);
        buffer.giveBack(memory);
        if (count === 0) break;
        taken += count;
        coming(taken);
      }
      return failed && taken < buffer.length ? null : taken;
    },

    async hasMore() {
      if (found !== null) return true;
      const [memory, count] = await read(new Uint8Array(1), 0, 1);
      if (count > 0) found = memory[0]!;
      return count > 0;
    },

    cancel: () => reader.cancel().catch(() => undefined),
  };
}
