import { onnxruntimeWebBackend } from "./backend/onnxruntime-web/onnxruntime-web-backend.ts";
import { createABrowserHost } from "./host/browser/browser-host.ts";
import { makeObjectsApart } from "./install/apart.ts";
import type { ObjectsApart } from "./install/apart.ts";
import { hostWhenNeeded } from "./install/host-when-needed.ts";

export type * from "../idl/page-types.ts";
export type { ObjectsApart as HybridAI } from "./install/apart.ts";

export interface HybridAIOptions {
  /** The URL of the folder that serves onnxruntime-web; by default, the folder `onnxruntime` beside this module. */
  readonly runtime?: string | URL;
}

/** The objects of the specification for a page or a dedicated worker, whose global stays as it is. */
export function createHybridAI(options: HybridAIOptions = {}): ObjectsApart {
  const { runtime = new URL("onnxruntime/", import.meta.url) } = options;
  const createHost = () => createABrowserHost({ backends: [onnxruntimeWebBackend(runtime)] });
  return makeObjectsApart(globalThis, hostWhenNeeded(createHost));
}

export const { modelCapabilities, modelCache, HybridModel, ModelRunError } = createHybridAI();
