import type { EventHandler, GlobalObject, ModelMonitor } from "../../idl/contracts.ts";
import { anEventHandler } from "../infra/event-handler.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelmonitor */
export class ModelMonitorImplementation implements ModelMonitor {
  readonly globalObject: GlobalObject;
  readonly #downloadprogress = anEventHandler(this, "downloadprogress");

  constructor(globalObject: GlobalObject) {
    this.globalObject = globalObject;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelmonitor-ondownloadprogress */
  get ondownloadprogress(): EventHandler {
    return this.#downloadprogress.value;
  }

  set ondownloadprogress(handler: EventHandler) {
    this.#downloadprogress.value = handler;
  }
}

export { ModelMonitorImplementation as implementation };
