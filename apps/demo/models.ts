import type {} from "hybrid-ai/polyfill";
import type { ModelSource, ModelFit, ModelFileDescriptor, ModelReceipt } from "hybrid-ai";
import { readDictionary } from "./ocr/recognition.ts";
import type { ResultTensor, Tensor } from "./ocr/tensor.ts";

/** What the page reads of its own manifests: names and sizes. */
interface Manifest {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  variants: { name: string; parts: { file: ModelFileDescriptor }[] }[];
  assets?: Record<string, ModelFileDescriptor>;
}

/** A model as the page knows it before anything of it is fetched: its manifest alone. */
export interface KnownModel {
  /** What it is for: "find the lines". */
  readonly purpose: string;
  readonly source: ModelSource;
  readonly remote: { url: string };
  readonly manifest: Manifest;
  readonly fit: ModelFit;
}

const detection = { purpose: "find the lines", name: "text-detection" };
const recognition = { purpose: "read a line", name: "text-recognition" };

/** Fetches the manifests and asks whether this device could run the models: nothing else is fetched. */
export function knownModels(): Promise<KnownModel[]> {
  return Promise.all(
    [detection, recognition].map(async ({ purpose, name }) => {
      const source = { manifest: new URL(`../models/${name}/manifest.json`, document.baseURI).href };
      const remote = { url: new URL(`../v2/models/${name}`, document.baseURI).href };
      const [manifest, fit] = await Promise.all([
        fetch(source.manifest).then((response) => response.json() as Promise<Manifest>),
        navigator.modelCapabilities.query(source),
      ]);
      return { purpose, source, remote, manifest, fit };
    }),
  );
}

/** How many bytes this device would download for a model. */
export function downloadSize({ manifest, fit }: KnownModel): number {
  const variant = manifest.variants.find(({ name }) => name === fit.variant);
  return (variant?.parts ?? []).reduce((total, { file }) => total + file.size, 0);
}

/** Whether every model is on this device already. */
export async function areStored(models: readonly KnownModel[]): Promise<boolean> {
  const answers = await Promise.all(models.map(({ source }) => HybridModel.availability(source)));
  return answers.every((answer) => answer === "available");
}

/** Deletes what is stored of the models on this device. */
export async function forget(models: readonly KnownModel[]): Promise<void> {
  for (const { manifest } of models) {
    const parts = manifest.variants.flatMap((variant) => variant.parts.map(({ file }) => file));
    for (const { digest } of [...parts, ...Object.values(manifest.assets ?? {})]) {
      await navigator.modelCache.delete(digest);
    }
  }
}

/** One run: what came out, and the receipt of where. */
export type RunModel = (
  input: Tensor,
  signal: AbortSignal,
) => Promise<{ output: ResultTensor; receipt: ModelReceipt }>;

/** The two models, ready to run wherever they may. */
export interface OpenModels {
  readonly detect: RunModel;
  readonly recognize: RunModel;
  readonly dictionary: readonly string[];
  /** The hosts to which runs may send something. */
  readonly servers: readonly string[];
  /** Resolves when both run on this device, without any network. */
  readonly clientReady: Promise<unknown>;
  /** Resolves, with a reason in words, when one of them can run nowhere any more. Not after close(). */
  readonly lost: Promise<string>;
}

export interface OpenOptions {
  /** Whether runs may send data. */
  keepOnDevice: boolean;
  /** Whether there is a server to send them to. */
  useServer: boolean;
  /** Is told how much of the download is done, from 0 to 1. */
  onProgress: (done: number) => void;
  /** Closes the models, or ends their opening. */
  signal: AbortSignal;
}

/**
 * Opens the models. Where a server may run them they are open at once, and come to this device meanwhile; where not,
 * they are open when they are here.
 */
export async function openModels(known: readonly KnownModel[], options: OpenOptions): Promise<OpenModels> {
  const sizes = known.map(downloadSize);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const loaded = known.map(() => 0);

  const opening = known.map((model, index) =>
    HybridModel.create({
      ...model.source,
      exposure: options.keepOnDevice ? "device" : "any",
      remotes: options.useServer ? [model.remote] : [],
      signal: options.signal,
      monitor(monitor) {
        monitor.ondownloadprogress = (event) => {
          loaded[index] = event.loaded * sizes[index]!;
          options.onProgress(loaded.reduce((sum, bytes) => sum + bytes, 0) / total);
        };
      },
    }),
  );
  const [models, dictionary] = await Promise.all([Promise.all(opening), fetchDictionary(known[1]!)]);
  const [detect, recognize] = models.map((model, index) => runOf(model, known[index]!));
  return {
    detect: detect!,
    recognize: recognize!,
    dictionary,
    servers: options.useServer && !options.keepOnDevice ? [location.hostname] : [],
    clientReady: Promise.all(models.map((model) => model.clientReady)),
    lost: new Promise((resolve) => {
      for (const model of models) {
        void model.lost.then(({ reason, message }) => {
          if (reason !== "destroyed") resolve(message);
        });
      }
    }),
  };
}

function runOf(model: HybridModel, { manifest }: KnownModel): RunModel {
  const [input] = Object.keys(manifest.inputs);
  const [output] = Object.keys(manifest.outputs);
  return async (tensor, signal) => {
    const { outputs, receipt } = await model.run({ [input!]: tensor }, { signal });
    return { output: outputs[output!]!, receipt };
  };
}

/** The recognition model's characters, locked in its manifest and kept in the cache beside it. */
async function fetchDictionary({ manifest, source }: KnownModel): Promise<string[]> {
  const asset = manifest.assets?.["dictionary"];
  if (asset === undefined) throw new Error("The manifest names no dictionary.");
  const urls = asset.urls.map((url) => new URL(url, source.manifest).href);
  const file = await navigator.modelCache.fetch({ ...asset, urls });
  return readDictionary(new TextDecoder().decode(await file.arrayBuffer()));
}
