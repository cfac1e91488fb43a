import { sizeInWords } from "../words.ts";
import { element } from "./element.ts";

/** What there is to say of the two places and of what goes from one to the other. */
export interface Route {
  device: "unknown" | "unfit" | "empty" | "downloading" | "preparing" | "ready";
  /** How much of the download is done, from 0 to 1. */
  downloaded: number;
  downloadSize: number;
  server: "on" | "off" | "forbidden" | "absent";
  serverName: string;
  /** Where a run is under way. */
  working: "device" | "server" | null;
  /** How many bytes the last or present reading sent; null before the first one. */
  sent: number | null;
  /** Whether it may have sent more than that, of which no receipt tells. */
  perhapsMore: boolean;
}

const route = element("route", HTMLElement);
const device = element("place-device", HTMLElement);
const deviceState = element("device-state", HTMLElement);
const ring = element("ring", SVGCircleElement);
const server = element("place-server", HTMLElement);
const serverState = element("server-state", HTMLElement);
const outward = element("outward", HTMLElement);
const inward = element("inward", HTMLElement);

export function showRoute(now: Route): void {
  const percent = `${Math.floor(now.downloaded * 100)}\u00a0%`;
  const isMoving = now.device === "downloading";

  setClasses(device, {
    ready: now.device === "ready",
    working: now.working === "device",
    downloading: isMoving || now.device === "preparing",
    off: now.device === "unfit",
  });
  ring.style.setProperty("--progress", String(now.downloaded * 100));
  setText(
    deviceState,
    now.working === "device"
      ? "reading"
      : {
          unknown: "…",
          unfit: "cannot run it",
          empty: "has no model",
          downloading: `${percent} is here`,
          preparing: "makes it ready",
          ready: "ready",
        }[now.device],
  );

  setClasses(server, {
    ready: now.server === "on",
    working: now.working === "server",
    off: now.server !== "on",
  });
  setText(
    serverState,
    now.working === "server"
      ? "reading"
      : { on: now.serverName, off: "off", forbidden: "not allowed", absent: "none here" }[now.server],
  );

  setClasses(outward.parentElement!, {
    moving: now.working === "server",
    blocked: now.server === "forbidden",
  });
  setText(outward, outwardInWords(now));

  setClasses(inward.parentElement!, { moving: isMoving, done: now.device === "ready" });
  setText(
    inward,
    {
      unknown: "",
      unfit: "nothing to fetch",
      empty: now.downloadSize === 0 ? "no model yet" : `${sizeInWords(now.downloadSize)} to fetch`,
      downloading: `the model, ${sizeInWords(now.downloadSize)}`,
      preparing: "the model is here",
      ready: "the model is here",
    }[now.device],
  );
  route.dataset["device"] = now.device;
}

function outwardInWords({ server, working, sent, perhapsMore }: Route): string {
  if (perhapsMore) return sent === 0 ? "perhaps a part sent" : `${sizeInWords(sent!)} sent, perhaps more`;
  if (server === "forbidden" && !sent) return "kept on this device";
  if (working === "server" && sent === 0) return "your picture";
  if (sent === null) return "nothing sent yet";
  return sent === 0 ? "nothing sent" : `${sizeInWords(sent)} sent`;
}

function setClasses(on: Element, classes: Readonly<Record<string, boolean>>): void {
  for (const [name, present] of Object.entries(classes)) on.classList.toggle(name, present);
}

/** Leaves the same text alone, so that nothing is announced or selected away. */
function setText(on: Element, text: string): void {
  if (on.textContent !== text) on.textContent = text;
}
