/** What Linux tells in /proc of processes and their memory. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

/** Whether there is a /proc to ask. */
export const memoryCanBeMeasured = process.platform === "linux";

export interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: readonly string[];
}

/** A process and all that descend from it. */
export function processTree(root: number): Process[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const tree = all.filter(({ id }) => id === root);
  for (const { id } of tree) tree.push(...all.filter(({ parent }) => parent === id));
  return tree;
}

function readProcess(id: number): Process | null {
  const status = read(id, "status");
  const command = read(id, "cmdline");
  if (status === null || command === null) return null;
  // Chromium separates its arguments by spaces once it has renamed a process.
  return { id, parent: field(status, "PPid"), command: command.split(/[\0 ]/).filter((part) => part !== "") };
}

/** Whether it runs pages and their workers, in Chromium or Firefox. */
export function runsPages({ command }: Process): boolean {
  return (
    command.includes("--type=renderer") || (command.includes("-contentproc") && command.at(-1) === "tab")
  );
}

/** The physical memory that a process has now, in bytes. */
export function residentMemory(id: number): number | null {
  return inBytes(read(id, "status"), "VmRSS");
}

/** The most that it has had since `forgetThePeak`, to the page: the kernel keeps account, so that nothing falls between two looks. */
export function peakOfResidentMemory(id: number): number | null {
  return inBytes(read(id, "status"), "VmHWM");
}

export function forgetThePeak(id: number): void {
  writeFileSync(`/proc/${id}/clear_refs`, "5");
}

/** The memory that a process has now, in bytes; of what it shares with others, its share. */
export function proportionalMemory(id: number): number | null {
  return inBytes(read(id, "smaps_rollup"), "Pss");
}

function read(id: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${id}/${file}`, "utf8");
  } catch {
    // It has ended.
    return null;
  }
}

function inBytes(text: string | null, name: string): number | null {
  return text === null ? null : 1024 * field(text, name);
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
}
