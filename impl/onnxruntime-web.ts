import type { ModelCache, ModelFetchOptions, ModelFileDescriptor } from "../idl/page-types.ts";
import { modelCache as ownModelCache } from "./cache.ts";

/** A model, and the files beside it that hold its weights, by the path under which it names them. */
export interface SessionFiles {
  readonly model: ModelFileDescriptor;
  readonly externalData?: Readonly<Record<string, ModelFileDescriptor>>;
}

export interface SessionArgumentsOptions<Options extends object> extends ModelFetchOptions {
  /** The cache to take the files from; by default that of the browser, or else of `hybrid-ai/cache`. */
  readonly modelCache?: ModelCache;
  /** Further options of the session, passed on as they are. */
  readonly session?: Options;
}

/** As onnxruntime-web takes them. */
export type ExternalData = { path: string; data: Uint8Array<ArrayBuffer> }[];

/**
 * The arguments of onnxruntime-web's `InferenceSession.create()`, with the files out of the model cache: verified, taken up
 * where a download broke off, shared between tabs.
 *
 *     import { InferenceSession } from "onnxruntime-web";
 *     import { sessionArguments } from "hybrid-ai/onnxruntime-web";
 *     const session = await InferenceSession.create(...(await sessionArguments({ digest, size, urls })));
 */
export async function sessionArguments<Options extends object>(
  files: ModelFileDescriptor | SessionFiles,
  options: SessionArgumentsOptions<Options> = {},
): Promise<[model: Uint8Array<ArrayBuffer>, options: Options & { externalData?: ExternalData }]> {
  const { modelCache = navigator.modelCache ?? ownModelCache, session = {} as Options, ...others } = options;
  const { model, externalData = {} } = "model" in files ? files : { model: files };
  const descriptors = [model, ...Object.values(externalData)];
  const opened = await Promise.all(descriptors.map((each) => modelCache.fetch(each, others)));

  // One after another: nothing but the model is in memory twice, and that only while the runtime copies it.
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  for (const file of opened) bytes.push(new Uint8Array(await file.arrayBuffer()));
  const [first, ...rest] = bytes;
  const data = Object.keys(externalData).map((path, at) => ({ path, data: rest[at]! }));
  return [first!, { ...session, ...(data.length > 0 && { externalData: data }) }];
}
