import { roundConstants } from "./sha256-script.ts";
import type { Compress } from "./sha256-script.ts";

/** The part of WebAssembly's interface that is used here. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Compresses `count` blocks from address `start` into the state at address 0. */
  readonly compress: (start: number, count: number) => void;
}

/** Where blocks begin in the memory, and how many bytes of them it holds. */
const startOfBlocks = 65536;
const roomForBlocks = 2 ** 20;

/**
 * The compression of SHA-256 in WebAssembly, which browsers' own SHA-256 cannot do piece by piece: some five times as
 * fast as in plain script. Throws where a page's policy forbids to compile.
 */
export function compressInAssembly(): Compress {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { memory, compress } = exports as Exports;
  const stateInMemory = new Int32Array(memory.buffer, 0, 8);
  const blocksInMemory = new Uint8Array(memory.buffer, startOfBlocks, roomForBlocks);
  return (state, blocks) => {
    stateInMemory.set(state);
    for (let start = 0; start < blocks.length; start += roomForBlocks) {
      const part = blocks.subarray(start, start + roomForBlocks);
      blocksInMemory.set(part);
      compress(startOfBlocks, part.length / 64);
    }
    return stateInMemory.slice();
  };
}

// https://webassembly.github.io/spec/core/binary/instructions.html
const loop = [0x03, 0x40];
const branchIf = [0x0d, 0x00];
const end = 0x0b;
const subtract = 0x6b;
const add = 0x6a;
const and = 0x71;
const or = 0x72;
const xor = 0x73;
const shiftRight = 0x76;
const rotateLeft = 0x77;
const rotateRight = 0x78;
const i32 = 0x7f;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, ...signed(value | 0)];
const load = (offset: number) => [0x28, 0, ...unsigned(offset)];
const store = (offset: number) => [0x36, 0, ...unsigned(offset)];

/** The exclusive or of a local, rotated to the right by each of the counts. */
function rotations(local: number, first: number, ...others: number[]): number[] {
  const one = (count: number) => [...get(local), ...constant(count), rotateRight];
  return [...one(first), ...others.flatMap((count) => [...one(count), xor])];
}

/** The module: all 64 rounds in a row, with the state and the schedule in locals. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const pointer = 0;
  const count = 1;
  const state = Array.from({ length: 8 }, (_, at) => 2 + at);
  const schedule = Array.from({ length: 16 }, (_, at) => 10 + at);
  const body: number[] = [...loop];

  state.forEach((local, at) => body.push(...constant(0), ...load(4 * at), ...set(local)));
  schedule.forEach((local, at) => {
    // Words are big-endian, the memory is little-endian.
    body.push(...get(pointer), ...load(4 * at), ...tee(local));
    body.push(...constant(8), rotateLeft, ...constant(0x00ff00ff), and);
    body.push(...get(local), ...constant(8), rotateRight, ...constant(0xff00ff00), and, or, ...set(local));
  });

  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  roundConstants.forEach((roundConstant, round) => {
    const word = (after: number) => schedule[(round + after) % 16]!;
    if (round >= 16) {
      body.push(...get(word(0)), ...get(word(9)), add);
      body.push(...rotations(word(1), 7, 18), ...get(word(1)), ...constant(3), shiftRight, xor, add);
      body.push(...rotations(word(14), 17, 19), ...get(word(14)), ...constant(10), shiftRight, xor, add);
      body.push(...set(word(0)));
    }
    body.push(
      ...get(h),
      ...rotations(e, 6, 11, 25),
      add,
      ...get(word(0)),
      add,
      ...constant(roundConstant),
      add,
    );
    body.push(...get(f), ...get(g), xor, ...get(e), and, ...get(g), xor, add, ...set(h));
    body.push(...get(d), ...get(h), add, ...set(d));
    body.push(...get(h), ...rotations(a, 2, 13, 22), add);
    body.push(...get(b), ...get(c), or, ...get(a), and, ...get(b), ...get(c), and, or, add, ...set(h));
    [a, b, c, d, e, f, g, h] = [h, a, b, c, d, e, f, g];
  });

  [a, b, c, d, e, f, g, h].forEach((local, at) => {
    body.push(...constant(0), ...constant(0), ...load(4 * at), ...get(local), add, ...store(4 * at));
  });
  body.push(...get(pointer), ...constant(64), add, ...set(pointer));
  body.push(...get(count), ...constant(1), subtract, ...tee(count), ...branchIf, end, end);

  const pages = 1 + roomForBlocks / 65536;
  const code = [1, ...unsigned(24), i32, ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, i32, i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("compress"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(kind: number, bytes: readonly number[]): number[] {
  return [kind, ...unsigned(bytes.length), ...bytes];
}

function name(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}

function signed(value: number): number[] {
  const byte = value & 0x7f;
  const rest = value >> 7;
  const isLast = rest === (byte & 0x40 ? -1 : 0);
  return isLast ? [byte] : [byte | 0x80, ...signed(rest)];
}
