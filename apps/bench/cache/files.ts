/** What the pages are given. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../../tools/setup/where.mjs";
import { describeFile } from "../harness/described-file.ts";
import type { DescribedFile } from "../harness/described-file.ts";
import { generatedBytes } from "../harness/generated-bytes.ts";
import { buildSite } from "../harness/site.ts";
import { denseModel, weightsPath, width } from "./dense-model.ts";
import type { BenchFile } from "./page/arm.ts";
import type { BenchModel } from "./page/first-run.ts";

/** That of a file of which nothing else is said. */
export const chunkSize = 512 << 10;

/** A file, and where it stands on a server of any origin. */
export type PlacedFile = Omit<BenchFile, "url" | "chunkTableURL"> & {
  readonly path: string;
  readonly tablePath: string;
};

/** A model in one file, and in two. */
export type PlacedModel = Readonly<Record<"whole" | "graph" | "weights", PlacedFile>>;

export interface Files {
  /** What the server sends from. */
  readonly folder: string;
  /** The generated files, by their size in MiB. */
  readonly generated: ReadonlyMap<number, PlacedFile>;
  readonly model: PlacedModel;
  readonly smallModel: PlacedModel;
}

/** Makes the folder that the server sends from: pages, the package's bundles, chunk tables, a model. */
export async function makeFiles(name: string, sizes: readonly number[], modelSize: number): Promise<Files> {
  const folder = await buildSite(name, {
    source: path.join(import.meta.dirname, "page"),
    scripts: ["main.ts", "first-run.ts", "file-system.worker.ts"],
    pages: ["page.html", "first-run.html", "empty.html"],
    alias: { transformers: fileURLToPath(new URL("..", import.meta.resolve("@huggingface/transformers"))) },
  });
  await cp(path.join(root, "dist"), path.join(folder, "dist"), {
    recursive: true,
    filter: (name) => !/\/dist\/(types|demo)$|\.map$/.test(name),
  });
  const place = async (name: string, { chunkTable, ...description }: DescribedFile): Promise<PlacedFile> => {
    const tablePath = `/tables${name}`;
    await mkdir(path.dirname(path.join(folder, tablePath)), { recursive: true });
    await writeFile(path.join(folder, tablePath), chunkTable);
    return { ...description, path: name, tablePath };
  };

  const generated = new Map<number, PlacedFile>();
  for (const megabytes of sizes) {
    const size = megabytes << 20;
    const description = describeFile(size, chunkSize, generatedBytes);
    generated.set(megabytes, await place(`/bytes/${size}`, description));
  }
  const placeModel = async (name: string, megabytes: number): Promise<PlacedModel> => {
    const placeBytes = async (file: string, bytes: Uint8Array) => {
      await writeFile(path.join(folder, file), bytes);
      return place(
        `/${file}`,
        describeFile(bytes.length, chunkSize, (start, end) => [bytes.subarray(start, end)]),
      );
    };
    const { whole, graph, weights } = denseModel(megabytes);
    return {
      whole: await placeBytes(`${name}.onnx`, whole),
      graph: await placeBytes(`${name}-graph.onnx`, graph),
      weights: await placeBytes(`${name}-weights`, weights),
    };
  };
  return {
    folder,
    generated,
    model: await placeModel("model", modelSize),
    smallModel: await placeModel("small-model", 1),
  };
}

/** As a page finds it on a server. */
export function fileAt(origin: string, { path, tablePath, ...file }: PlacedFile): BenchFile {
  return { ...file, url: `${origin}${path}`, chunkTableURL: `${origin}${tablePath}` };
}

export function modelAt(origin: string, { whole, graph, weights }: PlacedModel): BenchModel {
  const at = (file: PlacedFile) => fileAt(origin, file);
  return { whole: at(whole), graph: at(graph), weights: at(weights), weightsPath, shape: [1, width] };
}
