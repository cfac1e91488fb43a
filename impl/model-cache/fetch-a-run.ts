import { stalled, unlessItStalls } from "../concepts/unless-it-stalls.ts";
import type { BufferedResponse, Host, HostBuffer } from "../host/host.ts";
import { unlessBytesAreLost } from "../host/lost-bytes.ts";
import { extractAMIMEType } from "../infra/mime-type.ts";
import { markAsHandled } from "../infra/promise.ts";
import { tellTheListeners } from "./download.ts";
import type { Coming } from "./download.ts";
import { endOfChunk, lengthOfChunk, startOfChunk } from "./entry.ts";
import type { Filling } from "./fill-an-entry.ts";
import { lengthOfTheLongestChunk } from "./open-entry.ts";
import type { OpenEntry } from "./open-entry.ts";
import type { Outcome, Round, Run } from "./round.ts";
import { letASourceRest } from "./source.ts";
import { storeAChunk } from "./store-a-chunk.ts";

/** Those of a server that can serve again in a while. */
const passingStatuses = new Set([408, 429, 502, 503, 504]);

/** https://hybrid-ai-web.github.io/hybrid-ai/#fetch-a-run */
export async function fetchARun(
  host: Host,
  entry: OpenEntry,
  run: Run,
  round: Round,
  { source, table, download }: Filling,
): Promise<Outcome> {
  const { controller } = run;

  // 1. Let start be the least of run × entry's chunk size.
  const start = startOfChunk(entry, run.first);

  // 2. Let end be the least of (the greatest of run + 1) × entry's chunk size and entry's size.
  let end = endOfChunk(entry, run.last);

  // 3. Let request be the result of creating a request for source's URL and environment.
  // 4. Set request's cache mode to "no-store".
  // 5. If start is not 0 or end is not entry's size, then add a range header to request with start and end −
  //    1.
  // NOTE: A single range of bytes needs no preflight. If-Range would, and verification makes it needless.
  const isRange = start !== 0 || end !== entry.size;
  const request = {
    url: source.url.href,
    cache: "no-store",
    signal: controller.signal,
    ...(isRange && { headers: { Range: `bytes=${start}-${end - 1}` } }),
  } as const;

  // 6. Fetch request, and let response be its response. If this stalls, then return "later".
  // NB: A worker that ended is no network error: the URL is not given up for it.
  const fetching = () => host.fetchIntoBuffers(request).catch(unlessBytesAreLost(networkError));
  const response = await unlessItStalls(host, controller, fetching);
  if (response === stalled) return "later";
  const { body } = response;

  // NB: While a chunk is stored, the next one comes: two buffers take turns.
  const buffers: HostBuffer[] = [];
  let storing = Promise.resolve(true);
  const coming: Coming = new Map();
  download.coming.add(coming);
  try {
    // 7. If response's status is 408, 429, 502, 503 or 504:
    if (passingStatuses.has(response.status)) {
      // 7.1. Let source rest for as long as response asks for it.
      letASourceRest(host, source, response);

      // 7.2. Return "later".
      return "later";
    }

    // 8. If response's status is 416, then return "data".
    if (response.status === 416) return "data";

    // 9. If response's status is 206 and request has a range header:
    let index: number;
    if (response.status === 206 && isRange) {
      // 9.1. If response exposes a Content-Range header that does not name start as the first byte, or whose
      //      complete length is neither * nor entry's size, then return "data".
      if (!isTheRangeOf(response, start, entry.size)) return "data";

      // 9.2. If the result of extracting a MIME type from response's header list has the essence
      //      "multipart/byteranges", then return "data".
      if (extractAMIMEType(response.header("Content-Type")) === "multipart/byteranges") return "data";

      // 9.3. Let index be the least of run.
      index = run.first;
    }

    // 10. Otherwise, if response's status is 200:
    else if (response.status === 200) {
      // 10.1. If round's runs has others than run, then return "later".
      // NOTE: What they bring is not fetched twice.
      if (round.runs.size > 1) return "later";

      // 10.2. Let index be 0, set end to entry's size, and set round's open to false.
      // NOTE: Nothing is fetched beside a stream of everything.
      index = 0;
      end = entry.size;
      round.open = false;
    }

    // 11. Otherwise, return "network".
    else return "network";

    // 12. Let brought be false.
    let brought = false;
    while (buffers.length < 2) buffers.push(await host.makeABuffer(lengthOfTheLongestChunk(entry)));

    // 13. While index × entry's chunk size is less than end:
    while (startOfChunk(entry, index) < end) {
      // 13.1. Let bytes be the next bytes of response's body, as many as chunk index of entry has. While they
      //       come, tell the listeners of download.
      const at = index;
      const length = lengthOfChunk(entry, index);
      const isMissing = !entry.hashes.has(index);
      const bytes = buffers[0]!.subarray(0, length);
      const tell = (count: number) => {
        if (!isMissing || coming.get(at) === count) return;
        coming.set(at, count);
        tellTheListeners(download, entry);
      };
      const taken = await unlessItStalls(
        host,
        controller,
        (come) =>
          body.takeInto(bytes, (count) => {
            come(count);
            tell(count);
          }),
        () => download.sources.some((other) => other !== source && !other.struck),
        round.arrived,
      );
      // NB: A host that tells only now and then has not told of the last of them.
      if (taken === length) tell(length);
      if (taken !== length && !(await storing)) return "data";

      // 13.2. If this stalls, then return "later".
      if (taken === stalled) return "later";

      // 13.3. If the body ended before without an error and response's status is 200, then return "data".
      if (taken !== null && taken < length && response.status === 200) return "data";

      // 13.4. If the body ended before, then return "done" if brought is true; otherwise return "later".
      // NOTE: A connection that broke is taken up again where it broke, for as long as each brings something.
      //   And a server is free to send less of a range than it was asked for.
      if (taken === null || taken < length) return brought ? "done" : "later";

      // 13.5. If entry's chunks[index] does not exist:
      if (isMissing) {
        // 13.5.1. Store bytes at index of entry given table and environment. If this returned false, then
        //         return "data".
        round.pending += 1;
        if (!(await storing)) return "data";
        storing = storeAChunk(host, entry, index, bytes, table).finally(() => {
          coming.delete(at);
          round.pending -= 1;
          round.changes.tell();
        });
        markAsHandled(storing);
        buffers.reverse();

        // 13.5.2. Append index to source's indices.
        source.indices.add(index);

        // 13.5.3. Set brought to true.
        brought = true;

        // 13.5.4. If response's status is 206, then set round's open to true.
        if (response.status === 206) round.open = true;
      }

      // 13.6. Set index to index + 1.
      index += 1;
    }
    if (!(await storing)) return "data";

    // 14. If end is entry's size and response's body has more bytes, then return "data". If this stalls, or
    //     the body ends with an error, then it has none.
    if (end === entry.size && (await unlessItStalls(host, controller, () => body.hasMore())) === true) {
      return "data";
    }

    // 15. Return "done".
    return "done";
  } finally {
    await storing.catch(() => undefined);
    download.coming.delete(coming);
    await body.cancel();
    for (const buffer of buffers) buffer.free();
  }
}

/** https://fetch.spec.whatwg.org/#concept-network-error */
const networkError: BufferedResponse = {
  status: 0,
  url: "",
  header: () => null,
  body: { takeInto: async () => null, hasMore: async () => false, cancel: async () => undefined },
};

/** A response that does not tell its range is believed until its bytes are verified. */
function isTheRangeOf(response: BufferedResponse, start: number, size: number): boolean {
  const range = response.header("Content-Range");
  if (range === null) return true;
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range);
  return match !== null && Number(match[1]) === start && (match[2] === "*" || Number(match[2]) === size);
}
