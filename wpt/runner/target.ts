/** Where pages run: a browser, or jsdom. */
import type { Page, PageResult } from "./results.ts";

export interface Target {
  /** Such as "Chromium 156.0". */
  readonly version: string;
  /** The kinds of page that exist here; others are not applicable. */
  readonly kinds: readonly Page["kind"][];
  /** Runs one page, in a storage of its own. Never rejects: a page that dies is a result. `timeout` in milliseconds. */
  run(url: string, timeout: number): Promise<PageResult>;
  close(): Promise<void>;
}
