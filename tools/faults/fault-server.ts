import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { root } from "../setup/where.mjs";
import { points } from "./points.ts";
import type { Scene } from "./scene.ts";

const ordinary = '<!doctype html><script src="/points.js"></script><script src="/polyfill.js"></script>';

// Where there is a virtual model environment, ranges are short.
const ranges =
  '<!doctype html><script src="/points.js"></script><script src="/testing.js"></script><script>globalThis[Symbol.for("hybrid-ai testing")].setVirtualModelEnvironment({});</script>';

/** What a page begins with that may start no worker. */
const lone = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`;

/** The pages of a scene: they differ only in where the cache is used. */
const pages: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "/window": ["text/html", ordinary],
  "/ranges": ["text/html", ranges],
  "/lone-window": ["text/html", ordinary.replace("<script", `${lone}<script`)],
  "/lone-ranges": ["text/html", ranges.replace("<script", `${lone}<script`)],
  "/plain": ["text/html", '<!doctype html><script src="/polyfill.js"></script>'],
  "/lone-plain": ["text/html", `<!doctype html>${lone}<script src="/polyfill.js"></script>`],
  "/empty": ["text/html", "<!doctype html>"],
  "/worker.js": [
    "text/javascript",
    'importScripts("/points.js", "/polyfill.js"); onmessage = ({ data }) => void navigator.modelCache.fetch(data).then(() => postMessage("done"), (error) => postMessage(error.name));',
  ],
  "/points.js": ["text/javascript", `(${points.toString()})();`],
};

/** A server of pages that use the model cache, and of the files that they fetch: each scene has an origin of its own. */
export class FaultServer {
  readonly #scenes = new Map<string, Scene>();
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request, response).catch(() => response.destroy());
  });
  readonly #bundles = new Map<string, string>();

  async start(): Promise<void> {
    for (const bundle of ["polyfill.js", "testing.js"]) {
      this.#bundles.set(`/${bundle}`, await readFile(path.join(root, "dist", bundle), "utf8"));
    }
    await new Promise<void>((resolve) => this.#server.listen(0, resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Returns the origin of a scene, which nobody had before. */
  open(scene: Scene): string {
    const name = `scene-${this.#scenes.size}.localhost`;
    this.#scenes.set(name, scene);
    return `http://${name}:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    const scene = this.#scenes.get(request.headers.host!.replace(/:\d+$/, ""));
    const page = pages[pathname];
    if (page !== undefined) response.setHeader("Content-Type", page[0]).end(page[1]);
    else if (this.#bundles.has(pathname)) {
      response.setHeader("Content-Type", "text/javascript").end(this.#bundles.get(pathname));
    } else if (pathname === "/point")
      response.setHeader("Content-Type", "text/plain").end(await scene!.pass(searchParams));
    else if (scene === undefined || !(await scene.send(pathname, request.headers.range, response))) {
      response.writeHead(404).end();
    }
  }
}
