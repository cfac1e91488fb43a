import { spawn } from "node:child_process";
import { root } from "../setup/where.mjs";
import { fail, pass } from "./stage.ts";
import type { Outcome } from "./stage.ts";

export interface Ended {
  /** The exit code, or null if a signal ended the program. */
  readonly status: number | null;
  readonly stdout: string;
  /** Both outputs, in the order of their coming. */
  readonly output: string;
}

/** Runs a program of the PATH at the root of the repository, to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, output }));
  });
}

/** A stage that passes if the program says so by its exit code. */
export function passes(program: string, ...args: string[]): () => Promise<Outcome> {
  return async () => {
    const { status, output } = await runProgram(program, args);
    return status === 0 ? pass : fail(output);
  };
}
