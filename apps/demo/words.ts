import type { ModelFit, ModelAttempt } from "hybrid-ai";
import type { ReadPicture } from "./ocr/read-picture.ts";
import type { Reading } from "./reading.ts";
import { bytesSentFor, durationOf, placementOf, serversOf } from "./reading.ts";

/** A size for people: `36 kB`, `8.4 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1\u00a0byte" : `${bytes}\u00a0bytes`;
  return bytes < 999_500 ? `${rounded(bytes / 1e3)}\u00a0kB` : `${rounded(bytes / 1e6)}\u00a0MB`;
}

/** A time for people: `45 ms`, `1.2 s`. */
export function timeInWords(milliseconds: number): string {
  return milliseconds < 999.5
    ? `${Math.round(milliseconds)}\u00a0ms`
    : `${rounded(milliseconds / 1000)}\u00a0s`;
}

/** Two digits where that is all that matters. */
function rounded(number: number): string {
  return number < 9.95 ? number.toFixed(1).replace(/\.0$/, "") : number.toFixed(0);
}

/** What the receipts of a reading say, in one or two sentences. */
export function receiptInWords(reading: Reading): string {
  const time = timeInWords(durationOf(reading));
  const server = serverInWords(serversOf(reading));
  const sent = bytesSentFor(reading);
  const left =
    sent === 0 ? "Nothing left it." : `${sizeInWords(sent)} made from your picture was sent to ${server}.`;
  switch (placementOf(reading)) {
    case "client":
      return sent === 0
        ? `Read on this device in ${time}. ${left}`
        : `Read on this device in ${time}, after the server had failed. ${left}`;
    case "remote":
      return `Read on ${server} in ${time}. ${sizeInWords(sent)} made from your picture was sent.`;
    case "split":
      return `Read partly on ${server}, partly on this device, in ${time}. ${sizeInWords(sent)} made from your picture was sent.`;
    case "none":
      if (reading.perhapsSentTo.length > 0) return stopInWords(sent, serverInWords(reading.perhapsSentTo));
      return sent === 0 ? "Not read. Nothing left this device." : `Not read. ${left}`;
  }
}

/** What can be said of a reading whose last run left no receipt, because it was stopped on its way. */
function stopInWords(sent: number, server: string): string {
  return sent === 0
    ? `Stopped. A part of your picture may have been sent to ${server}.`
    : `Stopped. ${sizeInWords(sent)} made from your picture was sent to ${server}, and more may have been.`;
}

function serverInWords(hosts: readonly string[]): string {
  return hosts.length === 0 ? "the server" : `the server ${hosts.join(" and ")}`;
}

const failures: Readonly<Record<string, string>> = {
  network: "could not be reached",
  authorization: "refused the credentials",
  busy: "had too much to do",
  status: "answered with an error",
  response: "answered what was not asked for",
  function: "failed",
  backend: "failed",
  lost: "stopped working",
  deadline: "took too long",
  aborted: "was stopped",
};

/** One attempt of a run, for the table of steps. */
export function attemptInWords(attempt: ModelAttempt): string {
  const place =
    attempt.placement === "client"
      ? "this device"
      : attempt.origin === undefined
        ? "the server"
        : `the server ${new URL(attempt.origin).hostname}`;
  return attempt.succeeded ? place : `${place} ${failures[attempt.failure ?? ""] ?? "failed"}`;
}

const reasons: Readonly<Record<NonNullable<ModelFit["reason"]>, string>> = {
  format: "this browser does not read its format",
  feature: "it needs something that devices of this class do not have",
  memory: "it needs more memory than devices of this class have",
  latency: "it would take too long",
  fidelity: "what would run here is not good enough",
};

/** The verdict on all models together, before anything of them was fetched. */
export function verdictInWords(fits: readonly ModelFit[], download: number, hasServer: boolean): string {
  const refused = fits.find(({ supported }) => !supported);
  if (refused !== undefined) {
    const instead = hasServer ? ", and the server reads for you" : "";
    return `No, this device cannot run it: ${reasons[refused.reason ?? "feature"]}. So nothing will be downloaded${instead}.`;
  }
  const slowest = Math.max(...fits.map(({ latency = Infinity }) => latency));
  const speed = slowest === Infinity ? "in its own time" : `in ${timeInWords(slowest)} a step at the most`;
  return `Yes, this device can run it, ${speed}. It is ${sizeInWords(download)}, to be fetched once.`;
}

/** What was read, beside what was read in the same picture before. */
export function comparedInWords(result: ReadPicture | null, earlier: ReadPicture | null): string {
  if (result === null) return "";
  const count = result.lines.length;
  const lines = count === 1 ? "1 line" : `${count} lines`;
  if (earlier === null) return `${lines}.`;
  return result.text === earlier.text
    ? `${lines}, word for word the same as before.`
    : `${lines}, not all the same as before.`;
}
