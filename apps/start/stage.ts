import type { Browser } from "puppeteer-core";
import type { Exchange } from "../server/exchange.ts";
import type { RunningServer } from "../server/server.ts";
import { createServer } from "../server/server.ts";
import type { BrowserName, Profile } from "./browser.ts";
import { newProfile, startBrowser } from "./browser.ts";
import { isOfAModel, Line } from "./line.ts";
import { Transcript } from "./transcript.ts";
import type { ShownReading } from "./visit.ts";
import { Visit } from "./visit.ts";

export interface StageOptions {
  browser: BrowserName;
  /** Where to put pictures of the page's states, or null. */
  screenshots: string | null;
  print: (line: string) => void;
}

/** One reading, as programs are told of it. */
export interface Run {
  readonly visit: string;
  readonly placement: string;
  readonly ms: number;
  readonly receipt: {
    /** As the page put it. */
    readonly words: string;
    readonly inputBytesSent: number | null;
    /** The receipts of its runs: to find the lines, and to read each. */
    readonly steps: readonly object[];
  };
}

/** A line to a house is slower than a machine's own loop. */
const bytesPerSecond = 8_000_000;

/** The server, the browser and the visitor of a play, and what is written down of them. */
export class Stage {
  readonly transcript: Transcript;
  readonly runs: Run[] = [];
  readonly line = new Line(bytesPerSecond);
  readonly #options: StageOptions;
  readonly #profiles: Profile[] = [];
  readonly #texts = new Set<string | null>();
  #exchanges: Exchange[] = [];
  #onRun: () => void = () => undefined;
  #server: RunningServer | null = null;
  #port = 0;
  #browser: Browser | null = null;

  constructor(options: StageOptions) {
    this.#options = options;
    this.transcript = new Transcript(options.print);
  }

  /** Starts the server, each time at the same address. */
  async startServer(): Promise<void> {
    this.#server = await createServer({
      port: this.#port,
      pace: this.line.pace,
      onExchange: (exchange) => {
        this.#exchanges.push(exchange);
        if (exchange.method === "POST") this.#onRun();
      },
    });
    this.#port = Number(new URL(this.#server.url).port);
    await loadModels(this.#server);
    this.forgetExchanges();
  }

  /** Stops it, and tells whether nobody answers at its address any more. */
  async stopServer(): Promise<boolean> {
    const { url } = this.#server!;
    await this.#server!.close();
    this.#server = null;
    return fetch(url).then(
      () => false,
      () => true,
    );
  }

  /** Starts the browser anew, with nothing kept from before or with all that its last profile kept. */
  async startBrowser(kept: "a new profile" | "the same profile"): Promise<string> {
    await this.#browser?.close();
    if (kept === "a new profile") this.#profiles.push(await newProfile());
    this.#browser = await startBrowser(this.#options.browser, this.#profiles.at(-1)!);
    return this.#browser.version();
  }

  /** Opens the demo in a new page. */
  visit(): Promise<Visit> {
    const { screenshots } = this.#options;
    return Visit.begin(this.#browser!, `${this.#server!.url}/demo/`, screenshots, () => this.#exchanges);
  }

  /** Writes a reading down. */
  note(visit: string, { placement, milliseconds, sentence, bytesSent, receipts, text }: ShownReading): void {
    this.#texts.add(text);
    this.transcript.fact(placement, sentence);
    const receipt = { words: sentence, inputBytesSent: bytesSent, steps: receipts };
    this.runs.push({ visit, placement, ms: Math.round(milliseconds), receipt });
  }

  /** Whether all readings gave one text. */
  get agree(): boolean {
    return this.#texts.size === 1 && !this.#texts.has("") && !this.#texts.has(null);
  }

  /** The requests that the server saw since the last forgetExchanges(). */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** How many bytes of models it sent since then. */
  get modelBytes(): number {
    return this.#exchanges.filter(isOfAModel).reduce((total, { bodySent }) => total + bodySent, 0);
  }

  /** Resolves when the server is sent a run. */
  nextRun(): Promise<void> {
    return new Promise((resolve) => (this.#onRun = resolve));
  }

  forgetExchanges(): void {
    this.#exchanges = [];
  }

  async clear(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    await this.#server?.close();
    for (const profile of this.#profiles) await profile.dispose();
  }
}

/** Has the server load its models, as one that is in use has. */
async function loadModels({ url }: RunningServer): Promise<void> {
  for (const model of ["text-detection", "text-recognition"]) {
    const response = await fetch(`${url}/v2/models/${model}/ready`);
    if (response.ok) continue;
    const { error } = (await response.json()) as { error: string };
    throw new Error(`${error} Make the models with “node tools/models/make.ts”.`);
  }
}
