import { sizeInWords } from "../words.ts";
import { element } from "./element.ts";
import type { Route } from "./route-view.ts";

const download = element("download", HTMLElement);
const progress = element("progress", HTMLProgressElement);
const label = element("progress-label", HTMLLabelElement);
const stored = element("stored", HTMLElement);
const forget = element("forget", HTMLButtonElement);

/** Shows how much of the download is done, while there is one. */
export function showDownload({ device, downloaded, downloadSize }: Route): void {
  download.hidden = device !== "downloading" && device !== "preparing";
  progress.value = downloaded;
  label.textContent =
    device === "preparing"
      ? `All ${sizeInWords(downloadSize)} are here, and are being made ready`
      : `${sizeInWords(downloaded * downloadSize)} of ${sizeInWords(downloadSize)} are here`;
}

/** Says what of the model is on this device. */
export function showModel({ device }: Route): void {
  stored.textContent = {
    unknown: "",
    unfit: "It is not on this device.",
    empty: "It is not on this device.",
    downloading:
      "It comes in pieces, each one checked as it lands. Leave, and it goes on where it stopped. " +
      "What executes it is fetched beside it, and kept as any script is.",
    preparing: "It is stored in this browser, for this site alone.",
    ready: "It is stored in this browser, for this site alone: the next visit fetches nothing of it.",
  }[device];
  forget.hidden = device !== "downloading" && device !== "ready";
}
