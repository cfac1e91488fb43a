import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import type { LanguageVocabulary } from "../../apps/demo/language/ngrams.ts";

/** A fully connected layer: outputs = inputs x weights + biases; weights are [inputs, outputs], row-major. */
export interface DenseLayer {
  inputs: number;
  outputs: number;
  weights: Float32Array<ArrayBuffer>;
  biases: Float32Array<ArrayBuffer>;
}

/** The language identifier that the package `lande` ships as JavaScript. */
export interface LanguageIdentifier {
  vocabulary: LanguageVocabulary;
  /** A rectifier stands between the layers, a softmax behind the last. */
  layers: DenseLayer[];
}

export interface LabelledSentence {
  text: string;
  language: string;
}

const packageEntry = import.meta.resolve("lande");

/** Reads the network and its vocabulary out of the installed package. */
export async function readLanguageIdentifier(): Promise<LanguageIdentifier> {
  const [network, ngrams, languages] = (await Promise.all([
    importBeside("t50-options.js"),
    importBeside("t50-ngrams.js"),
    importBeside("t50-langs.js"),
  ])) as [object, Record<"unigrams" | "bigrams" | "trigrams" | "quadgrams", string[]>, string[]];
  const toygrad = (await import(createRequire(packageEntry).resolve("toygrad"))) as Toygrad;
  const layers = new toygrad.NeuralNetwork(network).layers.filter((layer) => layer.filters !== undefined);
  return {
    vocabulary: {
      languages,
      ngrams: [...ngrams.unigrams, ...ngrams.bigrams, ...ngrams.trigrams, ...ngrams.quadgrams],
    },
    layers: layers.map(toDenseLayer),
  };
}

/** The labelled sentences of the package's own test. */
export async function readLabelledSentences(): Promise<LabelledSentence[]> {
  const source = await readFile(new URL("../test/index.js", packageEntry), "utf8");
  const active = /^\s*t\.is \( inferLanguage \( '(?<text>[^']+)' \), '(?<language>[a-z]{3})' \);/gm;
  return [...source.matchAll(active)].map(({ groups }) => ({
    text: groups?.["text"] ?? "",
    language: groups?.["language"] ?? "",
  }));
}

interface ToygradLayer {
  filters?: { w: Float32Array }[];
  biases?: { w: Float32Array };
}

interface Toygrad {
  NeuralNetwork: new (options: object) => { layers: ToygradLayer[] };
}

async function importBeside(file: string): Promise<unknown> {
  const module = (await import(new URL(file, packageEntry).href)) as { default: unknown };
  return module.default;
}

function toDenseLayer({ filters = [], biases }: ToygradLayer): DenseLayer {
  const outputs = filters.length;
  const inputs = filters[0]?.w.length ?? 0;
  const weights = new Float32Array(inputs * outputs);
  filters.forEach(({ w }, output) => {
    w.forEach((weight, input) => {
      weights[input * outputs + output] = weight;
    });
  });
  return { inputs, outputs, weights, biases: Float32Array.from(biases?.w ?? []) };
}
