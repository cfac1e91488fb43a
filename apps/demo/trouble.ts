import type {} from "hybrid-ai/polyfill";
import type { ModelReceipt } from "hybrid-ai";
import { PictureError } from "./loaded-picture.ts";
import type { Route } from "./view/route-view.ts";
import { attemptInWords } from "./words.ts";

/** Why the page cannot work at all, or null where it can. */
export function interfaceIsMissing(): Error | null {
  if ("HybridModel" in globalThis) return null;
  return new Error(
    isSecureContext
      ? "The script that this page builds on is not there. Make it with “npm run build”, then load this page again."
      : "This page needs a secure address. Open it at http://localhost or through https.",
  );
}

/** What went wrong, in words, and what to do next. */
export function adviceOn(error: unknown, route: Pick<Route, "device" | "downloaded" | "server">): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof PictureError) return `${error.message} Try a PNG or a JPEG.`;
  if (failedRun(error)) return `${whatWasTried(error.receipt())} ${wayOut(route)}`;
  if (error.name === "NotSupportedError") return `There is nowhere to read it. ${wayOut(route)}`;
  if (error.name === "NetworkError" || error instanceof TypeError) {
    const check = route.server === "absent" ? "you are online" : "the server is running (npm start)";
    return `The model could not be fetched. Check that ${check}, then press Read again.`;
  }
  return error.message;
}

/** A ModelRunError, known by what it brings: the receipt of what was tried. */
function failedRun(error: Error): error is ModelRunError {
  return "receipt" in error && typeof error.receipt === "function";
}

function whatWasTried({ attempts }: ModelReceipt): string {
  if (attempts.length === 0) return "There was nowhere to read it.";
  const tried = attempts.map(attemptInWords).join(", and ");
  return `${tried.charAt(0).toUpperCase()}${tried.slice(1)}.`;
}

function wayOut({ device, downloaded, server }: Pick<Route, "device" | "downloaded" | "server">): string {
  if (device === "downloading" || device === "preparing") {
    return `The model is coming to this device, ${Math.floor(downloaded * 100)}\u00a0% of it is here: read again when it is ready.`;
  }
  if (server === "on") return "Check that the server is running (npm start), then press Read again.";
  if (server === "absent") return "This page has no server to read it instead: try another browser.";
  return "Switch the server on, or let go of “Keep my data on this device”, then press Read again.";
}
