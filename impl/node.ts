import { onnxruntimeNodeBackend } from "./backend/onnxruntime-node/onnxruntime-node-backend.ts";
import { createANodeHost } from "./host/node/node-host.ts";
import type { NodeHostOptions } from "./host/node/node-host.ts";
import { ProgressEvent } from "./host/node/progress-event.ts";
import { makeObjectsApart } from "./install/apart.ts";
import type { ObjectsApart } from "./install/apart.ts";

export type * from "../idl/page-types.ts";
export type { NodeHostOptions as HybridAIOptions } from "./host/node/node-host.ts";
export type { ObjectsApart as HybridAI } from "./install/apart.ts";

/**
 * The objects of the specification for a program: its own model cache in `options.folder`, and hybrid models that run
 * on onnxruntime-node. Each call makes objects of their own; those of one folder share what is stored there.
 */
export function createHybridAI(options: NodeHostOptions = {}): ObjectsApart {
  const globalObject = Object.create(globalThis, {
    ProgressEvent: { value: ProgressEvent },
  }) as typeof globalThis;
  const backends = [onnxruntimeNodeBackend];
  return makeObjectsApart(globalObject, createANodeHost(globalThis, { backends, ...options }));
}
