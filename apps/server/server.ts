import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { allowAnyOrigin, isolate } from "./cross-origin.ts";
import type { Exchange, Variables } from "./exchange.ts";
import { observeExchanges } from "./exchange.ts";
import { fileResponse } from "./file-response.ts";
import { locate } from "./folder.ts";
import { ModelRepository } from "./inference/model-repository.ts";
import { openInference } from "./inference/open-inference.ts";

const root = path.resolve(import.meta.dirname, "../..");
const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** The port for people, who keep bookmarks. */
export const usualPort = 8439;

/**
 * Where the folders of this project stand on the server. A longer path goes before a shorter one. Beside the text, the
 * folder that it is built into has reports, which say where things lie on this machine.
 */
export const projectFolders: Readonly<Record<string, string>> = {
  "/demo/": path.join(root, "dist/demo"),
  "/dist/": path.join(root, "dist"),
  "/models/": path.join(root, "models"),
  "/spec/room/": path.join(root, "build/room"),
  "/spec/": path.join(root, "build/index.html"),
  "/wpt/": path.join(root, "wpt"),
};

/** The commands that make what stands in them. */
const makers: Readonly<Record<string, string>> = {
  "/demo/": "npm run build",
  "/dist/": "npm run build",
  "/models/": "node tools/models/make.ts",
  "/spec/": "npm run spec",
};

export interface ServerOptions {
  /** 0, the default, lets the system choose one. */
  port?: number;
  /** The address to listen on: this machine's own by default, which the network cannot reach. */
  hostname?: string;
  /** Folders to serve, by the URL path, with slashes at both ends, under which each stands; a page instead of a folder stands alone. */
  folders?: Readonly<Record<string, string>>;
  /** The folder of models to run, or null to run none. */
  models?: string | null;
  /** Makes the pages cross-origin isolated. */
  isolated?: boolean;
  /** The largest inference request, in bytes: a picture of 1000 by 1000 pixels by default. What a run takes is a multiple of it. */
  bodyLimit?: number;
  /** How many inferences may be under way or wait. */
  mostRuns?: number;
  /** How many bytes the tensors of an inference may take at a time: those of the largest request's picture by default. */
  mostActivations?: number;
  /** How long a request may take to arrive, in milliseconds. */
  patience?: number;
  /** Is told of each request as it arrives. */
  onExchange?: (exchange: Exchange) => void;
  /** Is waited for before the next piece of a file is sent, and before the answer to a run: a slower line than there is. */
  pace?: (exchange: Exchange) => Promise<void>;
}

export interface RunningServer {
  /** The origin, such as `http://localhost:8439`. */
  readonly url: string;
  /** Ends every connection and frees the models. */
  close(): Promise<void>;
}

/** Starts a server of files and of inference. Rejects where the port is taken. */
export async function createServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { port = 0, hostname = "localhost", folders = projectFolders } = options;
  const models = options.models === undefined ? (folders["/models/"] ?? null) : options.models;
  const repository = models === null ? null : new ModelRepository(models);

  const app = new Hono<{ Variables: Variables }>();
  app.use(observeExchanges(options.onExchange ?? (() => undefined)));
  app.use(allowAnyOrigin);
  if (options.isolated === true) app.use(isolate);

  if (repository !== null) {
    const { bodyLimit = 16 * 2 ** 20, mostRuns = 32, mostActivations = 128 * 2 ** 20 } = options;
    app.post("/v2/*", async (context, next) => {
      await next();
      await options.pace?.(context.get("exchange"));
    });
    app.route("/v2", openInference(repository, { version, bodyLimit, mostRuns, mostActivations }));
  }
  app.get("/", (context) => context.redirect("/demo/", 302));
  app.get("*", async (context, next) => {
    const { pathname, search } = new URL(context.req.url);
    const prefix = Object.keys(folders).find((each) => pathname.startsWith(each));
    if (prefix === undefined) {
      return `${pathname}/` in folders ? context.redirect(`${pathname}/${search}`, 301) : next();
    }
    const wanted = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const rest = wanted.slice(prefix.length);
    const isPage = path.extname(folders[prefix]!) === ".html";
    if (isPage && rest !== "index.html") return next();
    const file = await locate(isPage ? path.dirname(folders[prefix]!) : folders[prefix]!, rest);
    if (file === null) return next();
    if ((await stat(file)).isDirectory()) return context.redirect(`${pathname}/${search}`, 301);
    return fileResponse(context, file, options.pace);
  });
  app.notFound((context) => {
    const prefix = Object.keys(makers).find((each) => context.req.path.startsWith(each));
    const hint = prefix === undefined ? "" : ` What belongs here is made by “${makers[prefix]!}”.`;
    return context.text(`There is nothing here.${hint}\n`, 404);
  });

  const { patience = 30_000 } = options;
  const serverOptions = {
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: patience / 10,
  };
  const { fetch } = app;
  const server = serve({ fetch, port, hostname, serverOptions, overrideGlobalObjects: false }) as Server;
  await once(server, "listening");
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await repository?.release();
    },
  };
}
