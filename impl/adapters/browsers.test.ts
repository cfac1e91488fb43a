import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { launch } from "puppeteer-core";
import type { Browser } from "puppeteer-core";
import { isSlowLane } from "../../tools/faults/lane.ts";
import {
  browserLimits,
  chromiumArguments,
  chromiumExecutable,
  firefoxExecutable,
  root,
} from "../../tools/setup/where.mjs";

/** The real browsers of this machine, and a server for what their pages load. */

export const browsers = {
  Chromium: { executablePath: chromiumExecutable(), browser: "chrome" as const, args: chromiumArguments() },
  Firefox: { executablePath: firefoxExecutable(), browser: "firefox" as const, args: [] },
};

/** Those that the tests run in: one in the ordinary lane, where a browser that hangs costs everybody's time. */
export const engines: readonly (keyof typeof browsers)[] = isSlowLane
  ? ["Chromium", "Firefox"]
  : ["Chromium"];

export function launchBrowser(name: keyof typeof browsers, userDataDir?: string): Promise<Browser> {
  const { executablePath, ...options } = browsers[name];
  return launch({
    executablePath: executablePath!,
    headless: true,
    ...browserLimits,
    ...options,
    ...(userDataDir !== undefined && { userDataDir }),
  });
}

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly server: Server;
  readonly origin: string;
  readonly requests: string[];
}

/**
 * Serves folders of the repository and what `answers` has, with leave for every origin. Anything else is an empty page.
 *
 * @param folders - by the beginning of their URLs' paths
 */
export async function serve(
  folders: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Site> {
  const requests: string[] = [];
  const server = createServer(({ url = "/" }, response) => {
    requests.push(url);
    const { pathname } = new URL(url, "http://localhost");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", types[path.extname(pathname)] ?? "text/html");
    const answer = answers[pathname];
    const prefix = Object.keys(folders).find((each) => pathname.startsWith(each));
    if (answer !== undefined) response.end(answer);
    else if (prefix === undefined) response.end('<!doctype html><link rel="icon" href="data:,">');
    else {
      const file = path.join(root, folders[prefix]!, pathname.slice(prefix.length));
      createReadStream(file)
        .on("error", () => response.writeHead(404).end())
        .pipe(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}`, requests };
}

export function stop({ server }: Site): void {
  server.closeAllConnections();
  server.close();
}
