import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

/** One row of the fault matrix: what was done, where in a download or a store, and in what. */
export interface Cell {
  readonly fault: string;
  readonly place: string;
  /** `chromium`, `firefox`, or `node` where the disk or the network is a test's own. */
  readonly engine: string;
}

export interface Row extends Cell {
  run: number;
  survived: number;
}

const rows = new Map<string, Row>();

function rowOf({ fault, place, engine }: Cell): Row {
  const key = [fault, place, engine].join("\n");
  const row = rows.get(key) ?? { fault, place, engine, run: 0, survived: 0 };
  rows.set(key, row);
  return row;
}

/** Runs one case of a fault. It was survived if the steps, with what they assert, came to their end. */
export async function faultCase<T>(cell: Cell, steps: () => Promise<T>): Promise<T> {
  const row = rowOf(cell);
  row.run += 1;
  try {
    const result = await steps();
    row.survived += 1;
    return result;
  } catch (error) {
    // What an hour's run has found is told at once, and not when it ends.
    console.error(`${cell.fault}, ${cell.place}, in ${cell.engine}: ${String(error)}`);
    throw error;
  }
}

/** Counts cases that were run elsewhere. */
export function countFaults(cell: Cell, run: number, survived: number): void {
  const row = rowOf(cell);
  row.run += run;
  row.survived += survived;
}

/** Where the matrix goes: nowhere, unless the one that runs the tests says so. */
const file = process.env["FAULT_MATRIX"];
if (file !== undefined) {
  process.on("exit", () => write(file));
  // A run that is killed has counted all the same.
  setInterval(() => write(file), 1000).unref();
}

function write(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify([...rows.values()], null, 2)}\n`);
}
