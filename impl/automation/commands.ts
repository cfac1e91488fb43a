import type { Host } from "../host/host.ts";
import type { VirtualModelEnvironment } from "../host/virtual-model-environment.ts";
import { isFailure } from "../infra/failure.ts";
import { evictModelFiles } from "../model-cache/evict-model-files.ts";
import { persistentStore } from "../model-cache/stores.ts";
import { parseAVirtualModelEnvironment } from "./parse-a-virtual-model-environment.ts";

/** What a WebDriver session's current top-level browsing context leads to. */
export interface TopLevelTraversable {
  readonly isOpen: boolean;
  /** That of its active document. */
  readonly host: Host;
  virtualModelEnvironment: VirtualModelEnvironment | null;
}

/** https://www.w3.org/TR/webdriver2/#dfn-error : `code` is the error code. */
export class WebDriverError extends Error {
  readonly code: "invalid argument" | "no such window";

  constructor(code: WebDriverError["code"], message: string) {
    super(message);
    this.name = "WebDriverError";
    this.code = code;
  }
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#set-virtual-model-environment */
export async function setVirtualModelEnvironment(
  traversable: TopLevelTraversable,
  parameters: unknown,
): Promise<null> {
  // 1. Let environment be the result of parsing a virtual model environment given parameters.
  const environment = parseAVirtualModelEnvironment(parameters);

  // 2. If environment is failure, then return error with error code invalid argument.
  if (isFailure(environment)) throw new WebDriverError("invalid argument", environment.message);

  // 3. If session's current top-level browsing context is no longer open, then return error with error code
  //    no such window.
  if (!traversable.isOpen) throw new WebDriverError("no such window", "The window is closed.");

  // 4. Set the virtual model environment of the top-level traversable of session's current top-level browsing
  //    context to environment.
  traversable.virtualModelEnvironment = environment;

  // 5. Let store be the result of opening the persistent store of the storage key of the active document of
  //    that top-level traversable, or null if there is none.
  const store = await persistentStore(traversable.host);

  // 6. If store is not null, then evict model files from store in order to free environment's storage
  //    pressure bytes.
  if (store !== null) await evictModelFiles(traversable.host, store, environment.storagePressure);

  // 7. Return success with data null.
  return null;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#delete-virtual-model-environment */
export function deleteVirtualModelEnvironment(traversable: TopLevelTraversable): null {
  // 1. If session's current top-level browsing context is no longer open, then return error with error code
  //    no such window.
  if (!traversable.isOpen) throw new WebDriverError("no such window", "The window is closed.");

  // 2. Set the virtual model environment of the top-level traversable of session's current top-level browsing
  //    context to null.
  traversable.virtualModelEnvironment = null;

  // 3. Return success with data null.
  return null;
}
