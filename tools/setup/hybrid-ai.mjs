#!/usr/bin/env node
/** The command-line program in a checkout: `npx hybrid-ai`, whatever Node the system has. */
import process from "node:process";
import { fileURLToPath } from "node:url";

process.argv.splice(2, 0, fileURLToPath(new URL("../../apps/cli/hybrid-ai.ts", import.meta.url)));
await import("./setup.mjs");
