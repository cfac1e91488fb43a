import { parseArgs } from "node:util";
import { usualPort } from "../server/server.ts";

export const usage = `The main job: the server with the demo, and one run through it in a real browser.

  npm start [-- OPTIONS]

  --once               ends after the run, with status 0 if everything that it promises was true
  --json               prints what happened as one JSON object, on the last line
  --port NUMBER        where the server listens: ${usualPort} unless told otherwise
  --browser NAME       chromium or firefox; the first that is here unless told otherwise
  --built              takes the bundles as they are
  --screenshots DIR    saves the page's states as pictures, 400 and 1400 pixels wide`;

export interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly port: number;
  readonly browser: string | undefined;
  readonly built: boolean;
  readonly screenshots: string | undefined;
  readonly help: boolean;
}

/**
 * Reads what follows `npm start --`.
 *
 * @returns the options, or in a line what is wrong with them
 */
export function readOptions(args: readonly string[]): StartOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        port: { type: "string", default: String(usualPort) },
        browser: { type: "string" },
        built: { type: "boolean", default: false },
        screenshots: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Infinity;
    if (port > 65_535) return `--port takes a number from 0 to 65535, and “${values.port}” is none.`;
    return { browser: undefined, screenshots: undefined, ...values, port };
  } catch (error) {
    return (error as Error).message.split(/\. |\n/)[0]!;
  }
}
