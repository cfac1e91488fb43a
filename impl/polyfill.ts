import "../idl/page-globals.ts";
import { onnxruntimeWebBackend } from "./backend/onnxruntime-web/onnxruntime-web-backend.ts";
import { createABrowserHost } from "./host/browser/browser-host.ts";
import { install } from "./install/install.ts";
import { runtimeFolder } from "./install/runtime-folder.ts";

/**
 * Installs the interfaces on the window or dedicated worker that loads this script.
 *
 * The runtime that models run on is looked for in the folder `onnxruntime` beside this script, or in that whose URL stands
 * at `globalThis[Symbol.for("hybrid-ai runtime")]`. Nothing of it is fetched before a model is there to run.
 */
install(globalThis, createABrowserHost({ backends: [onnxruntimeWebBackend(runtimeFolder())] }));
