import { askAServer } from "./ask-a-server.ts";
import type { Answer } from "./ask-a-server.ts";
import { DownloadJournal } from "./download-journal.ts";
import type { Representation } from "./download-journal.ts";
import { LockError, TooLargeError } from "./lock-error.ts";
import { further, nearness } from "./nearness.ts";
import type { Nearness } from "./nearness.ts";
import type { Progress } from "./progress-bar.ts";

export interface Downloaded {
  /** Of the file. */
  readonly path: string;
  /** How near the servers are that it came from. */
  readonly from: Nearness;
}

/**
 * Brings the content of a URL into a file, and goes on where an earlier process, or a connection, broke off. What
 * arrived is kept under `name`. Where the server names its content (an `ETag` or a date) and honours ranges, only the rest is
 * asked for; where the content has become another meanwhile, or nothing tells, all of it is. More than `largest` bytes are
 * not taken.
 *
 * @param nearest - how near the one is who names the URL: this machine's user, unless given
 */
export async function download(
  url: string,
  name: string,
  progress: Progress,
  largest = Infinity,
  nearest: Nearness = nearness.thisMachine,
): Promise<Downloaded> {
  let from = nearest;
  const journal = new DownloadJournal(name);
  await journal.takeUp(url);
  if (journal.length > 0) {
    progress.expect(journal.length);
    progress.add(journal.length);
  }
  let hasStartedAgain = false;
  for (;;) {
    const before = journal.length;
    const response = await ask(url, journal);
    if (response === "unchanged") return { path: journal.bytesFile, from };
    if (response === "start again") {
      if (hasStartedAgain) throw new LockError(`${url}: the server sends other ranges than were asked for.`);
      hasStartedAgain = true;
      await journal.remove();
      continue;
    }
    const broken = await receive(response, journal);
    if (broken === null) {
      await journal.complete();
      return { path: journal.bytesFile, from };
    }
    await journal.endThePiece();
    // A connection that broke is taken up again for as long as each attempt brings something.
    if (journal.length > before && journal.representation?.validator !== null) continue;
    throw new LockError(
      `${url}: the download broke off after ${journal.length} bytes. Run the same command again to go on.`,
      { cause: broken },
    );
  }

  /** Returns what broke the connection, or null where all has come. */
  async function receive(body: ReadableStream<Uint8Array>, into: DownloadJournal): Promise<unknown> {
    const reader = body.getReader();
    try {
      for (;;) {
        const next = await reader.read().catch((cause: unknown) => ({ cause }));
        if ("cause" in next) return next.cause ?? "unknown";
        if (next.done) return null;
        if (into.length + next.value.length > largest) {
          await into.remove();
          throw new TooLargeError(`${url}: has more than ${largest} bytes.`);
        }
        await into.append(next.value);
        progress.add(next.value.length);
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  async function ask(
    ofURL: string,
    { representation, length, isComplete }: DownloadJournal,
  ): Promise<ReadableStream<Uint8Array> | "unchanged" | "start again"> {
    const validator = length === 0 ? null : (representation?.validator ?? null);
    // What is packed for the way has no ranges that could be joined.
    const headers: Record<string, string> = { "Accept-Encoding": "identity" };
    if (validator !== null && isComplete) headers[conditionOf(validator)] = validator;
    else if (validator !== null) {
      headers["Range"] = `bytes=${length}-`;
      headers["If-Range"] = validator;
    }
    const response = await askAServer(ofURL, headers, nearest);
    from = further(from, response.from);
    const { status, statusText, body } = response;
    // A part that was not asked for could be any.
    const isUnasked = status === 206 && headers["Range"] === undefined;
    if (status < 200 || status > 299 || isUnasked) {
      await body.cancel();
      if (status === 304 && validator !== null && isComplete) return "unchanged";
      if (status === 416 && validator !== null) return "start again";
      throw new LockError(`${ofURL}: the server answers ${`${status} ${statusText}`.trim()}.`);
    }
    if (status === 206 && !continues(response, length, representation)) {
      await body.cancel();
      return "start again";
    }
    if (status !== 206) await journal.start(representationOf(ofURL, response));
    progress.expect(Number(response.headers.get("Content-Length") ?? 0));
    return body;
  }
}

/** Whether it sends what follows the first `length` bytes. */
function continues(response: Answer, length: number, representation: Representation | null): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("Content-Range") ?? "");
  if (range === null || Number(range[1]) !== length) return false;
  const size = representation?.size ?? null;
  return size === null || range[2] === "*" || Number(range[2]) === size;
}

function representationOf(url: string, { headers }: Answer): Representation {
  const isPacked = !/^(identity)?$/i.test(headers.get("Content-Encoding") ?? "");
  const length = headers.get("Content-Length");
  return {
    url,
    validator: isPacked ? null : (headers.get("ETag") ?? headers.get("Last-Modified")),
    size: isPacked || length === null ? null : Number(length),
  };
}

function conditionOf(validator: string): "If-None-Match" | "If-Modified-Since" {
  return /^(W\/)?"/.test(validator) ? "If-None-Match" : "If-Modified-Since";
}
