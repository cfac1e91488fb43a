import type { env } from "@huggingface/transformers";
import type { InferenceSession } from "onnxruntime-web";
import type { ModelFileDescriptor } from "../idl/page-types.ts";
import type { TransformersEnvironment } from "./adapters/transformers.ts";
import type { sessionArguments } from "./onnxruntime-web.ts";

/** What these say is said to the compiler: the adapters' types fit those of the libraries. Nobody calls them. */

export function takesTheEnvironment(environment: typeof env): TransformersEnvironment {
  return environment;
}

export async function givesTheArguments(
  { create }: Pick<typeof InferenceSession, "create">,
  take: typeof sessionArguments,
  file: ModelFileDescriptor,
): Promise<InferenceSession> {
  return create(...(await take(file)));
}
