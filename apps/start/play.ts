import { isForARun } from "./line.ts";
import type { Run, StageOptions } from "./stage.ts";
import { Stage } from "./stage.ts";
import type { Visit, ShownReading } from "./visit.ts";

/** What happened, for programs. */
export interface Play {
  browser: string;
  verdict: string;
  /** What the server read. */
  text: string;
  /** Whether every reading, wherever it was made, gave the same. */
  agree: boolean;
  runs: readonly Run[];
  /** Bytes of the models, and milliseconds from the first press of Read until both were ready on the device. */
  download: { bytes: number; ms: number };
  secondVisit: { weightBytesFetched: number };
  serverStopped: { placement: string };
  /** What the page said when a run on the server was ended by the Stop button, and by the switch that forbids to send. */
  stopped: readonly string[];
  limitAtDevice: { requestsDuringRun: number; inferenceRequests: number; inputBytesSent: number };
  promises: readonly { promise: string; held: boolean }[];
}

/** Plays the demo through in a real browser: server first, then device, then without a server, then without sending. */
export async function play(options: StageOptions): Promise<Play> {
  const stage = new Stage(options);
  try {
    const first = await firstVisit(stage);
    const { visit, secondVisit } = await visitAgain(stage, first.text);
    const serverStopped = await goOnWithoutTheServer(stage, visit, first.text);
    const limitAtDevice = await keepEverythingOnTheDevice(stage, first.text);
    const stopped = await stopWhileTheServerReads(stage);
    const { runs, transcript } = stage;
    return {
      ...first,
      agree: stage.agree,
      runs,
      secondVisit,
      serverStopped,
      limitAtDevice,
      stopped,
      promises: transcript.promises,
    };
  } finally {
    await stage.clear();
  }
}

async function firstVisit(stage: Stage): Promise<Pick<Play, "browser" | "verdict" | "text" | "download">> {
  const { transcript } = stage;
  await stage.startServer();
  const browser = await stage.startBrowser("a new profile");
  transcript.heading(`First visit (${browser}, a new profile)`);
  const visit = await stage.visit();
  const verdict = await visit.verdict();
  transcript.fact("verdict", verdict);
  transcript.promise("it came before any byte of a model", stage.modelBytes === 0);
  await visit.photograph("1-verdict");

  const release = stage.line.hold();
  const start = performance.now();
  await visit.press("read");
  const [onServer] = await visit.readings(1);
  const { placement, text } = onServer!;
  stage.note("first", onServer!);
  transcript.fact("text", text ?? "");
  transcript.promise("it was read on the server, while the model was on its way", placement === "remote");
  await visit.photograph("2-server");

  release();
  await visit.untilReady();
  const download = { bytes: stage.modelBytes, ms: Math.round(performance.now() - start) };
  transcript.fact(
    "download",
    `${(download.bytes / 1e6).toFixed(1)} MB, here ${(download.ms / 1000).toFixed(1)} s after Read`,
  );
  const [, onDevice] = await visit.readings(2);
  stage.note("first", onDevice!);
  transcript.promise("it was read on the device, and nothing was sent", isOnDevice(onDevice!));
  transcript.promise("both read the same", text !== null && text === onDevice!.text);
  await visit.photograph("3-device");
  return { browser, verdict, text: text ?? "", download };
}

async function visitAgain(stage: Stage, text: string): Promise<{ visit: Visit } & Pick<Play, "secondVisit">> {
  const { transcript } = stage;
  transcript.heading("Second visit (the browser started again, the same profile)");
  await stage.startBrowser("the same profile");
  stage.forgetExchanges();
  const visit = await stage.visit();
  await visit.untilReady();
  await visit.press("read");
  const [reading] = await visit.readings(1);
  stage.note("second", reading!);
  const weightBytesFetched = stage.modelBytes;
  transcript.promise("it was read on the device, the same", isOnDevice(reading!, text));
  transcript.promise(`no byte of a model was fetched (${weightBytesFetched})`, weightBytesFetched === 0);
  await visit.photograph("4-second-visit");
  return { visit, secondVisit: { weightBytesFetched } };
}

async function goOnWithoutTheServer(
  stage: Stage,
  visit: Visit,
  text: string,
): Promise<Play["serverStopped"]> {
  const { transcript } = stage;
  transcript.heading("The server is stopped");
  transcript.promise("nobody answers there any more", await stage.stopServer());
  await visit.press("read");
  const [, reading] = await visit.readings(2);
  stage.note("server stopped", reading!);
  transcript.promise("it was read on the device, the same", isOnDevice(reading!, text));
  await visit.photograph("5-server-stopped");
  return { placement: reading!.placement };
}

async function keepEverythingOnTheDevice(stage: Stage, text: string): Promise<Play["limitAtDevice"]> {
  const { transcript } = stage;
  transcript.heading("The limit at “device” from the start (a new profile, the server runs again)");
  await stage.startServer();
  await stage.startBrowser("a new profile");
  const visit = await stage.visit();
  await visit.flip("keep");
  const release = stage.line.hold();
  await visit.press("read");
  await visit.photograph("6-waiting");
  release();
  const [first] = await visit.readings(1);
  stage.note("limit at device", first!);
  transcript.promise(
    "it waited for the model, and was read on the device, the same",
    isOnDevice(first!, text),
  );

  const before = stage.exchanges.length;
  await visit.press("read");
  const [, second] = await visit.readings(2);
  stage.note("limit at device", second!);
  const requestsDuringRun = stage.exchanges.length - before;
  const inferenceRequests = stage.exchanges.filter(isForARun).length;
  transcript.promise(`reading it again made no request (${requestsDuringRun})`, requestsDuringRun === 0);
  transcript.promise(
    `the server was never asked to run anything (${inferenceRequests})`,
    inferenceRequests === 0,
  );
  await visit.photograph("7-kept");
  return { requestsDuringRun, inferenceRequests, inputBytesSent: first!.bytesSent! + second!.bytesSent! };
}

async function stopWhileTheServerReads(stage: Stage): Promise<Play["stopped"]> {
  const { transcript } = stage;
  transcript.heading("Stopped while the server reads (a new profile)");
  await stage.startBrowser("a new profile");
  const visit = await stage.visit();
  const releases = [stage.line.hold(), stage.line.holdRuns()];
  const gestures = [() => visit.press("stop"), () => visit.flip("keep")];
  const stopped: string[] = [];
  for (const [index, stop] of gestures.entries()) {
    const run = stage.nextRun();
    await visit.press("read");
    await run;
    await stop();
    const { sentence, bytesSent } = (await visit.readings(index + 1)).at(-1)!;
    transcript.fact("none", sentence);
    const isHonest = bytesSent === null && sentence.includes("may have been sent to the server");
    transcript.promise("it does not say that nothing left this device", isHonest);
    await visit.photograph(`${8 + index}-stopped`);
    stopped.push(sentence);
  }
  for (const release of releases) release();
  return stopped;
}

/** Whether a reading took place on the device alone; and whether it read `text`, where that is given. */
function isOnDevice({ placement, bytesSent, text }: ShownReading, expected?: string): boolean {
  const isTheSame = expected === undefined || (text !== "" && text === expected);
  return placement === "client" && bytesSent === 0 && isTheSame;
}
