import type { RunningHash } from "../../host.ts";
import { bytesOf } from "../../local-buffer.ts";
import { compressInAssembly } from "./sha256-assembly.ts";
import { compressInScript, initialState } from "./sha256-script.ts";
import type { Compress } from "./sha256-script.ts";

let best: Compress | null = null;

/** The fastest compression that this global has. */
function fastest(): Compress {
  try {
    return compressInAssembly();
  } catch {
    return compressInScript;
  }
}

export function runningHash(compress: Compress = (best ??= fastest())): RunningHash {
  let state = Int32Array.from(initialState);
  let rest = new Uint8Array(0);
  let length = 0;

  function update(bytes: Uint8Array<ArrayBuffer>): void {
    length += bytes.length;
    const blocks = rest.length === 0 ? bytes : joined(rest, bytes);
    const whole = blocks.length - (blocks.length % 64);
    rest = blocks.slice(whole);
    if (whole > 0) state = compress(state, blocks.subarray(0, whole));
  }

  return {
    update: async (bytes) => update(bytesOf(bytes)),
    async digest() {
      // One bit, zeros, and eight bytes of length, up to the end of a block.
      const padding = new Uint8Array(64 - ((length + 8) % 64) + 8);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(length) * 8n);
      update(padding);
      const hash = new Uint8Array(32);
      const view = new DataView(hash.buffer);
      state.forEach((word, at) => view.setInt32(4 * at, word));
      return hash;
    },
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
