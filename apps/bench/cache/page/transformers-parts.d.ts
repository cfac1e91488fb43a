/** The parts of transformers.js that bring files, which its public entry point does not export by themselves. */
declare module "transformers/src/env.js" {
  import type { env as theirs } from "@huggingface/transformers";
  export const env: typeof theirs;
}
declare module "transformers/src/utils/hub.js" {
  export function getModelFile(
    model: string,
    file: string,
    fatal?: boolean,
    options?: object,
  ): Promise<Uint8Array>;
}
