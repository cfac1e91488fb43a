import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { locate } from "../folder.ts";
import { ProtocolError } from "./protocol-error.ts";
import { ServedModel } from "./served-model.ts";

/** A model that may be asked for, and where its parts lie. */
export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  /** The name of the variant that is run here: the best. */
  readonly variant: string;
  /** In pipeline order. */
  readonly files: readonly string[];
}

/** The models of a folder, by the names that their manifests give them. A model is loaded when first asked for. */
export class ModelRepository {
  readonly #folder: string;
  readonly #loaded = new Map<string, Promise<ServedModel>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads the manifests, so that models which were made meanwhile are there. */
  async list(): Promise<ModelEntry[]> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const manifests = names.filter((name) => path.basename(name) === "manifest.json");
    const entries = await Promise.all(manifests.map((name) => this.#read(name)));
    return entries.filter((entry) => entry !== null);
  }

  /** @throws ProtocolError 404 where there is no such model or version */
  async find(name: string, version?: string): Promise<ModelEntry> {
    const entry = (await this.list()).find((each) => each.name === name);
    if (entry === undefined) throw new ProtocolError(404, `There is no model '${name}' here.`);
    if (version !== undefined && version !== entry.version) {
      throw new ProtocolError(404, `The model '${name}' has no version '${version}' here.`);
    }
    return entry;
  }

  /** @throws ProtocolError 503 where its files cannot be loaded */
  async load(entry: ModelEntry): Promise<ServedModel> {
    const key = JSON.stringify(entry);
    let loading = this.#loaded.get(key);
    if (loading === undefined) {
      loading = ServedModel.load(entry.files);
      this.#loaded.set(key, loading);
      loading.catch(() => this.#loaded.delete(key));
    }
    try {
      return await loading;
    } catch (error) {
      throw new ProtocolError(503, `The model '${entry.name}' does not load: ${(error as Error).message}`);
    }
  }

  async release(): Promise<void> {
    const models = await Promise.allSettled(this.#loaded.values());
    this.#loaded.clear();
    for (const model of models) if (model.status === "fulfilled") await model.value.release();
  }

  /** The manifests are our own tool's: what is not one of them is passed over. */
  async #read(name: string): Promise<ModelEntry | null> {
    try {
      const manifest = JSON.parse(await readFile(path.join(this.#folder, name), "utf8")) as Manifest;
      const variant = manifest.variants.find(({ format }) => format === "onnx");
      if (variant === undefined) return null;
      const base = new URL(name.split(path.sep).join("/"), "http://models/");
      const files = await Promise.all(
        variant.parts.map(async ({ file: { urls } }) => {
          const url = urls[0] === undefined ? null : new URL(urls[0], base);
          return url?.host === base.host ? locate(this.#folder, url.pathname.slice(1)) : null;
        }),
      );
      if (!files.every((file) => file !== null)) return null;
      return { name: manifest.name, version: manifest.version, variant: variant.name, files };
    } catch {
      return null;
    }
  }
}

interface Manifest {
  name: string;
  version: string;
  variants: { name: string; format: string; parts: { file: { urls: string[] } }[] }[];
}
