import type { Folder, OpenFile } from "../host/host.ts";
import { bytesOf } from "../host/local-buffer.ts";
import { Turns } from "../host/turns.ts";
import type { Bytes } from "./scripted-host.test.ts";

/** What happens at an operation on a disk, by its number from 0. */
export type Fault = (operation: number, isWrite: boolean) => "none" | "full" | "broken" | "killed" | "torn";

export interface FaultyFolder extends Folder {
  /** How many there have been. */
  readonly operations: number;
  /** Resolves when the agent was killed. */
  readonly death: Promise<undefined>;
}

/** A disk whose files outlive the agents that use it. It fails when it is told to, in the middle of a write too. */
export class FaultyDisk {
  readonly files = new Map<string, Bytes>();
  readonly #turns = new Turns();
  readonly #pauses: () => number;

  /** `pauses` tells, before each operation, how often others come first: so agents meet in ever new orders. */
  constructor(pauses: () => number = () => 1) {
    this.#pauses = pauses;
  }

  /** The disk as an agent sees it. One that was killed never hears of anything again. */
  folder(fault: Fault = () => "none"): FaultyFolder {
    const { files } = this;
    const turns = this.#turns;
    const pauses = this.#pauses;
    const death = Promise.withResolvers<undefined>();
    const held = new Set<() => void>();
    let operations = 0;
    let killed = false;

    async function run<T>(isWrite: boolean, steps: (tear: boolean) => T): Promise<T> {
      for (let pause = pauses(); pause > 0; pause -= 1) await Promise.resolve();
      const what = killed ? "killed" : fault(operations, isWrite);
      operations += 1;
      if (what === "full" && isWrite) throw new DOMException("The disk is full.", "QuotaExceededError");
      if (what === "broken") throw new Error("EIO: i/o error");
      if (what === "torn" && isWrite) steps(true);
      if (what === "killed" || what === "torn") {
        killed = true;
        for (const end of held) end();
        death.resolve(undefined);
        return new Promise<never>(() => undefined);
      }
      return steps(false);
    }

    /** A file is open to write for one agent at a time; those of an agent that is killed are free. */
    async function take(name: string, access: "read" | "write"): Promise<() => void> {
      const end = await turns.take(name, access);
      if (killed) {
        end();
        return new Promise<never>(() => undefined);
      }
      held.add(end);
      return () => {
        held.delete(end);
        end();
      };
    }

    async function during<T>(name: string, access: "read" | "write", steps: () => Promise<T>): Promise<T> {
      const end = await take(name, access);
      try {
        return await steps();
      } finally {
        end();
      }
    }

    async function opened(name: string, access: "read" | "write", find: () => Promise<boolean>) {
      const end = await take(name, access);
      const isThere = await find().catch((error: unknown) => {
        end();
        throw error;
      });
      if (isThere) return openFile(name, end);
      end();
      return null;
    }

    const openFile = (name: string, end: () => void): OpenFile => {
      // A file that is renamed or removed is still the one that was opened.
      let bytes = files.get(name)!;
      const set = (next: Bytes) => {
        if (files.get(name) === bytes) files.set(name, next);
        bytes = next;
      };
      let isOpen = true;
      const runOpen: typeof run = (isWrite, steps) =>
        run(isWrite, (tear) => {
          if (!isOpen) throw new DOMException("The file is closed.", "InvalidStateError");
          return steps(tear);
        });
      return {
        size: () => runOpen(false, () => bytes.length),
        read: (offset, length) => runOpen(false, () => bytes.slice(offset, offset + length)),
        readInto: (offset, buffer) =>
          runOpen(false, () => {
            const part = bytes.subarray(offset, offset + buffer.length);
            bytesOf(buffer).set(part);
            return part.length;
          }),
        write: (offset, given) =>
          runOpen(true, (tear) => {
            const written = bytesOf(given);
            const part = tear ? written.subarray(0, written.length / 2) : written;
            if (part.length === 0) return;
            const next = new Uint8Array(Math.max(bytes.length, offset + part.length));
            next.set(bytes);
            next.set(part, offset);
            set(next);
          }),
        truncate: (size) =>
          runOpen(true, () => {
            const next = new Uint8Array(size);
            next.set(bytes.subarray(0, size));
            set(next);
          }),
        close: async () => {
          isOpen = false;
          end();
        },
      };
    };

    return {
      get operations() {
        return operations;
      },
      death: death.promise,
      names: () => run(false, () => [...files.keys()]),
      size: (name) => run(false, () => files.get(name)?.length ?? null),
      open: (name, access) => opened(name, access, () => run(false, () => files.has(name))),
      create: async (name) =>
        (await opened(name, "write", () =>
          run(true, () => {
            files.set(name, new Uint8Array());
            return true;
          }),
        ))!,
      rename: (from, to) =>
        during(from, "write", () =>
          during(to, "write", () =>
            run(true, (tear) => {
              const bytes = files.get(from);
              if (bytes === undefined) throw new Error(`There is no file "${from}".`);
              // A rename is done or not, and never by half.
              if (tear) return;
              files.set(to, bytes);
              files.delete(from);
            }),
          ),
        ),
      remove: (name) =>
        during(name, "write", () =>
          run(true, () => {
            files.delete(name);
          }),
        ),
    };
  }

  flip(name: string, at: number): void {
    const bytes = this.files.get(name)!.slice();
    if (bytes.length > 0) bytes[at % bytes.length]! ^= 1 + (at % 255);
    this.files.set(name, bytes);
  }
}
