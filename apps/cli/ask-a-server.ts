import dns from "node:dns";
import http from "node:http";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { PassThrough } from "node:stream";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { LockError } from "./lock-error.ts";
import { further, nearnessOf } from "./nearness.ts";
import type { Nearness } from "./nearness.ts";

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** Unpacked, where it was packed for the way. */
  readonly body: ReadableStream<Uint8Array>;
  /** How near the address was that said so: of several that led from one to the next, the furthest. */
  readonly from: Nearness;
}

const mostRedirects = 20;
const patience = 300_000;

/**
 * Sends a GET request, and follows where the answer leads. Whoever names a URL has it asked for by this machine, which may
 * reach servers that listen to it alone: so a request goes to no nearer address than its URL came from.
 *
 * @param nearest - how near the one is who names the URL
 * @throws LockError where there is no answer, or it leads where nothing may be asked
 */
export async function askAServer(
  url: string,
  headers: Readonly<Record<string, string>>,
  nearest: Nearness,
): Promise<Answer> {
  let from = nearest;
  let place = new URL(url);
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const message = await send(place, headers, from).catch((cause: unknown) => {
      if (cause instanceof LockError) throw new LockError(`${url}: ${cause.message}`, { cause });
      throw new LockError(`${url}: no answer. Is the address right, and the server up?`, { cause });
    });
    from = further(from, nearnessOf(message.socket.remoteAddress ?? ""));
    const status = message.statusCode!;
    const { location } = message.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return answerOf(message, from);
    }
    message.destroy();
    const next = URL.parse(location, place);
    if (next === null || !["http:", "https:"].includes(next.protocol)) {
      throw new LockError(`${url}: leads to ${location}, which is no http or https URL.`);
    }
    place = next;
  }
  throw new LockError(`${url}: leads from one URL to the next, more than ${mostRedirects} times.`);
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  nearest: Nearness,
): Promise<IncomingMessage> {
  const address = url.hostname.replace(/^\[|\]$/g, "");
  // What is an address already is not looked up.
  const refusal = isIP(address) === 0 ? null : refusalOf([{ address }], nearest);
  if (refusal !== null) return Promise.reject(refusal);
  const lookup: LookupFunction = (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, found) => {
      const refusal = error ?? refusalOf(found, nearest);
      if (options.all === true) callback(refusal, found);
      else callback(refusal, found[0]?.address ?? "", found[0]?.family);
    });
  };
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    // Without an agent, because one would keep connections that were made for somebody else's word.
    const sent = request(url, { headers, lookup, agent: false, timeout: patience });
    sent.on("timeout", () => sent.destroy(new Error("The server is silent.")));
    sent.on("error", reject).on("response", resolve).end();
  });
}

function refusalOf(found: readonly { readonly address: string }[] = [], nearest: Nearness): LockError | null {
  const nearer = found.find(({ address }) => nearnessOf(address) > nearest);
  if (nearer === undefined) return null;
  return new LockError(`leads to ${nearer.address}, which is nearer to this machine than what names it.`);
}

const unpackers: Readonly<Record<string, () => Transform>> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  gzip: createGunzip,
};

function answerOf(message: IncomingMessage, from: Nearness): Answer {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return {
    status: message.statusCode!,
    statusText: message.statusMessage ?? "",
    headers,
    body: bodyOf(message),
    from,
  };
}

/** What came before a connection broke is given first, and only then the fault: streams by themselves forget it. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const { "content-encoding": packing = "" } = message.headers;
  const pieces = message.pipe(unpackers[packing.toLowerCase()]?.() ?? new PassThrough());
  let fault: Error | null = null;
  message.on("error", (error) => {
    fault = error;
    pieces.end();
  });
  const iterator = pieces[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (next.done !== true) controller.enqueue(next.value);
          else if (fault === null) controller.close();
          else throw fault;
        } catch (error) {
          message.destroy();
          throw error;
        }
      },
      cancel() {
        message.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
