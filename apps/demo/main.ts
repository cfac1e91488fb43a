import type { LoadedPicture } from "./loaded-picture.ts";
import { loadPicture, PictureError, watchForPictures } from "./loaded-picture.ts";
import type { KnownModel, OpenModels, RunModel } from "./models.ts";
import { areStored, downloadSize, forget, knownModels, openModels } from "./models.ts";
import { readPicture } from "./ocr/read-picture.ts";
import type { ReadPicture, Run } from "./ocr/read-picture.ts";
import type { Reading, Step } from "./reading.ts";
import { placementOf } from "./reading.ts";
import { adviceOn, interfaceIsMissing } from "./trouble.ts";
import { element } from "./view/element.ts";
import { showDownload, showModel } from "./view/model-view.ts";
import { showPicture, showResult, showThatItIsRead } from "./view/picture-view.ts";
import { addReceipt } from "./view/receipts-view.ts";
import type { Route } from "./view/route-view.ts";
import { showRoute } from "./view/route-view.ts";
import { comparedInWords, receiptInWords, verdictInWords } from "./words.ts";

const read = element("read", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const keep = element("keep", HTMLInputElement);
const server = element("server", HTMLInputElement);
const forgetButton = element("forget", HTMLButtonElement);
const status = element("status", HTMLElement);

let known: readonly KnownModel[] = [];
let picture: LoadedPicture | null = null;
/** Resolves with whether the picture that was last chosen is here, once that is known. */
let coming: Promise<boolean> = Promise.resolve(false);
/** The models, opened for the switches as they stand; null before they are first needed. */
let opened: { models: Promise<OpenModels>; closing: AbortController } | null = null;
/** Ends the reading that is under way. */
let underWay: AbortController | null = null;
let lastReading: Reading | null = null;

/** Whether the page is published with a server beside it. */
const hasServer = !("withoutServer" in document.documentElement.dataset);

const route: Route = {
  device: "unknown",
  downloaded: 0,
  downloadSize: 0,
  server: hasServer ? "on" : "absent",
  serverName: location.hostname,
  working: null,
  sent: null,
  perhapsMore: false,
};

function update(change: Partial<Route>): void {
  Object.assign(route, change);
  showRoute(route);
  showModel(route);
  showDownload(route);
}

function say(words: string): void {
  status.toggleAttribute("data-trouble", false);
  status.textContent = words;
}

function complain(error: unknown): void {
  status.toggleAttribute("data-trouble", true);
  status.textContent = adviceOn(error, route);
}

// Opening the models

/** Opens the models for the switches as they stand. Those opened earlier are closed after, so that a download goes on. */
function open(): Promise<OpenModels> {
  const earlier = opened;
  const closing = new AbortController();
  const models = openModels(known, {
    keepOnDevice: keep.checked,
    useServer: server.checked,
    signal: closing.signal,
    onProgress(done) {
      if (!closing.signal.aborted && route.device !== "ready") showProgress(done);
    },
  });
  opened = { models, closing };
  follow(models, closing);
  earlier?.closing.abort();
  return models;
}

/** Shows what becomes of the models, until they are closed. */
function follow(opening: Promise<OpenModels>, closing: AbortController): void {
  function fail(error: unknown): void {
    if (closing.signal.aborted) return;
    opened = null;
    closing.abort();
    if (route.device !== "unfit") update({ device: "empty", downloaded: 0 });
    if (underWay === null) complain(error);
  }
  opening.then((models) => {
    models.clientReady.then(
      () => {
        if (!closing.signal.aborted) arrive();
      },
      () => {
        if (!closing.signal.aborted && route.device !== "unfit") update({ device: "empty", downloaded: 0 });
      },
    );
    void models.lost.then((reason) => fail(new Error(reason)));
  }, fail);
}

function showProgress(done: number): void {
  update({ device: done === 1 ? "preparing" : "downloading", downloaded: done });
}

function arrive(): void {
  update({ device: "ready", downloaded: 1 });
  if (underWay !== null) return;
  say("The model is here. From now on, pictures are read on this device.");
  readAgainIfItMoved();
}

/** What the server has read is read once more when the model has come, so that both can be compared. */
function readAgainIfItMoved(): void {
  const isHere = route.device === "ready" && lastReading?.picture === picture;
  if (isHere && lastReading !== null && placementOf(lastReading) !== "client") void readThePicture();
}

// Reading

async function readThePicture(): Promise<void> {
  if (underWay !== null || picture === null || known.length === 0) return;
  const reading: UnfinishedReading = { picture, steps: [], perhapsSentTo: [], result: null };
  const { pixels } = picture;
  const ending = new AbortController();
  underWay = ending;
  showThatAReadingIsUnderWay(true);
  try {
    const models = await openedForReading(ending.signal);

    say("Reading …");
    read.textContent = "Reading …";
    update({ working: route.device === "ready" ? "device" : "server", sent: 0, perhapsMore: false });
    const [find, recognize] = known.map(({ purpose }) => purpose);
    reading.result = await readPicture(pixels, {
      detect: noting(reading, find!, models.detect, models.servers, ending.signal),
      recognize: noting(reading, recognize!, models.recognize, models.servers, ending.signal),
      dictionary: models.dictionary,
    });
    finish(reading);
    say(receiptInWords(reading));
  } catch (error) {
    if (error instanceof ModelRunError) reading.steps.push({ purpose: "failed", receipt: error.receipt() });
    finish(reading);
    update({ perhapsMore: reading.perhapsSentTo.length > 0 });
    if (ending.signal.aborted) say(`${receiptInWords(reading)} Press Read to start again.`);
    else complain(error);
  } finally {
    underWay = null;
    showThatAReadingIsUnderWay(false);
    update({ working: null });
  }
  readAgainIfItMoved();
}

/** The models, once somebody may run them: at once with a server, otherwise when they are on this device. */
function openedForReading(signal: AbortSignal): Promise<OpenModels> {
  if (route.device !== "ready") {
    say(
      route.server === "on"
        ? "Asking the server, while the model comes."
        : "Waiting for the model. Your picture stays here meanwhile.",
    );
  }
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
  return Promise.race([opened?.models ?? open(), stopped]);
}

/** A reading that is being made. */
interface UnfinishedReading extends Reading {
  readonly picture: LoadedPicture;
  readonly steps: Step[];
  readonly perhapsSentTo: string[];
  result: ReadPicture | null;
}

/** A run that leaves its receipt among the steps; where it ends without one, the servers that it may have reached. */
function noting(
  { steps, perhapsSentTo }: UnfinishedReading,
  purpose: string,
  run: RunModel,
  servers: readonly string[],
  signal: AbortSignal,
): Run {
  return async (input) => {
    signal.throwIfAborted();
    const { output, receipt } = await run(input, signal).catch((error: unknown) => {
      if (!(error instanceof ModelRunError)) perhapsSentTo.push(...servers);
      throw error;
    });
    steps.push({ purpose, receipt });
    read.textContent = `Reading … line ${steps.length}`;
    update({
      working: receipt.placement === "client" ? "device" : "server",
      sent: (route.sent ?? 0) + receipt.inputBytesSent,
    });
    return output;
  };
}

function finish(reading: Reading): void {
  const earlier = lastReading?.picture === reading.picture ? lastReading.result : null;
  addReceipt(reading, comparedInWords(reading.result, earlier));
  if (reading.result === null) return;
  lastReading = reading;
  if (reading.picture === picture) showResult(reading.result, placementOf(reading));
}

function showThatAReadingIsUnderWay(isUnderWay: boolean): void {
  showThatItIsRead(isUnderWay);
  read.textContent = isUnderWay ? "One moment …" : "Read the picture";
  read.setAttribute("aria-disabled", String(isUnderWay));
  if (document.activeElement === stop) read.focus();
  stop.hidden = !isUnderWay;
}

// What the user does

/** Shows a picture once it is here, unless another is chosen meanwhile: it is what Read then reads. */
function usePicture(loading: Promise<LoadedPicture>): void {
  underWay?.abort();
  const here: Promise<boolean> = loading.then(
    (loaded) => {
      if (coming !== here) return false;
      picture = loaded;
      showPicture(loaded);
      update({ sent: null, perhapsMore: false });
      say(`“${loaded.name}” is here, and nowhere else. Press Read when you want its text.`);
      allowReading();
      return true;
    },
    (error: unknown) => {
      if (coming !== here) return false;
      complain(error);
      // What is shown is the one before, which a press from now on means.
      coming = Promise.resolve(picture !== null);
      return false;
    },
  );
  coming = here;
}

/** Read can be pressed once there is something to read, and somebody to read it. */
function allowReading(): void {
  if (picture !== null && known.length > 0 && underWay === null) read.setAttribute("aria-disabled", "false");
}

/** Reads the picture that is here, or on its way; where it does not come, it was not another that was meant. */
async function readWhatComes(): Promise<void> {
  if (await coming) await readThePicture();
}

async function loadTheExample(): Promise<LoadedPicture> {
  const response = await fetch("pictures/appointment.png");
  if (!response.ok) throw new PictureError("The example picture is not there.");
  return loadPicture(await response.blob(), "a card from a clinic");
}

/** The user's word holds at once: what is under way under another word ends. */
function heedTheSwitches(): void {
  underWay?.abort();
  server.disabled = keep.checked;
  update({ server: keep.checked ? "forbidden" : server.checked ? "on" : "off" });
  if (opened !== null) void open();
  say(
    keep.checked
      ? "From now on no run sends anything."
      : server.checked
        ? "The server may read until the model is here."
        : "No server is used.",
  );
}

async function forgetTheModel(): Promise<void> {
  underWay?.abort();
  opened?.closing.abort();
  opened = null;
  await forget(known);
  update({ device: known.every(({ fit }) => fit.supported) ? "empty" : "unfit", downloaded: 0 });
  say("The model is gone from this device. Reading again fetches it again.");
  read.focus();
}

// The page

async function start(): Promise<void> {
  const missing = interfaceIsMissing();
  if (missing !== null) throw missing;
  usePicture(loadTheExample());
  await coming;

  known = await knownModels();
  const fits = known.map(({ fit }) => fit);
  const size = known.reduce((sum, model) => sum + downloadSize(model), 0);
  element("verdict", HTMLElement).textContent = verdictInWords(fits, size, hasServer);
  const isFit = fits.every(({ supported }) => supported);
  update({ device: isFit ? "empty" : "unfit", downloadSize: size });
  if (picture !== null) say("Nothing is downloaded and nothing is sent until you press Read.");
  allowReading();

  if (isFit && (await areStored(known)) && opened === null) {
    update({ device: "preparing", downloaded: 1 });
    say("The model is on this device from an earlier visit. It is being made ready.");
    void open();
  }
}

if (!hasServer) server.checked = false;
for (const name of document.querySelectorAll("[data-server-name]")) {
  name.textContent = `the server (${location.host})`;
}
read.addEventListener("click", () => void readWhatComes());
stop.addEventListener("click", () => underWay?.abort());
keep.addEventListener("change", heedTheSwitches);
server.addEventListener("change", heedTheSwitches);
forgetButton.addEventListener("click", () => void forgetTheModel().catch(complain));
element("example", HTMLButtonElement).addEventListener("click", () => usePicture(loadTheExample()));
watchForPictures({ input: element("file", HTMLInputElement), stage: element("stage", HTMLElement) }, (file) =>
  usePicture(loadPicture(file, file.name)),
);
update({});
start().catch(complain);
