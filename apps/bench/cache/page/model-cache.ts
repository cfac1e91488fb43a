import { modelCache } from "hybrid-ai/cache";
import type { Arm, BenchFile } from "./arm.ts";

/** Ours, with files that are known by a digest of one kind. */
export function ourModelCache(kind: "tree" | "whole-file"): Arm {
  const digestOf = (file: BenchFile) => (kind === "tree" ? file.treeDigest : file.wholeFileDigest);
  const fetchFile = (file: BenchFile) =>
    modelCache.fetch({
      digest: digestOf(file),
      size: file.size,
      urls: [file.url],
      ...(kind === "tree" ? { chunks: { size: file.chunkSize, urls: [file.chunkTableURL] } } : {}),
    });
  return {
    cold: async (file) => (await fetchFile(file)).arrayBuffer(),
    store: fetchFile,
    warm: async (file) => (await modelCache.match(digestOf(file)))!.arrayBuffer(),
  };
}
