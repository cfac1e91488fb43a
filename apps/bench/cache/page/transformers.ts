import { env } from "transformers/src/env.js";
import { getModelFile } from "transformers/src/utils/hub.js";
import type { Arm, BenchFile } from "./arm.ts";

/** How transformers.js comes by each file of a model, with its own cache. */
export const transformers: Arm = {
  cold: load,
  warm: load,
};

async function load({ url }: BenchFile): Promise<ArrayBuffer> {
  const { origin, pathname } = new URL(url);
  const slash = pathname.lastIndexOf("/");
  env.allowLocalModels = false;
  env.useBrowserCache = true;
  env.remoteHost = origin;
  env.remotePathTemplate = pathname.slice(1, slash + 1);
  const bytes = await getModelFile("bench/model", pathname.slice(slash + 1));
  return (bytes as Uint8Array<ArrayBuffer>).buffer;
}
