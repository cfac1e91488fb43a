#!/usr/bin/env node
import process from "node:process";
import { inspect } from "node:util";
import { LockError } from "./lock-error.ts";
import { runLockCommand } from "./lock-command.ts";
import { NotAnOnnxModelError } from "./onnx/model-file.ts";
import { UnsupportedModelError } from "./onnx/unsupported-model-error.ts";
import { printable } from "./printable.ts";

const help = `Usage: hybrid-ai COMMAND [ARGUMENT]...

  lock    makes a model manifest from ONNX files, a folder or URLs, or checks one

"hybrid-ai COMMAND --help" tells more.`;

const [command, ...words] = process.argv.slice(2);
const output = {
  print: (line: string): void => {
    console.log(printable(line));
  },
  terminal: process.stderr,
};

try {
  if (command === "lock") process.exitCode = await runLockCommand(words, output);
  else if (command === undefined || command === "--help" || command === "-h") console.log(help);
  else throw new LockError(`There is no command ${command}. "hybrid-ai --help" tells which there are.`);
} catch (error) {
  const isForTheUser =
    error instanceof LockError ||
    error instanceof NotAnOnnxModelError ||
    error instanceof UnsupportedModelError;
  const lines = isForTheUser ? [`hybrid-ai: ${error.message}`] : inspect(error).split("\n");
  for (const line of lines) console.error(printable(line));
  process.exitCode = 1;
}
