import type { ModelFileDescriptor } from "../../idl/contracts.ts";
import { Failure, isFailure } from "../infra/failure.ts";
import { isAValidChunkSize, numberOfChunks } from "./chunk-table.ts";
import { parseADigest } from "./digest.ts";
import type { Digest } from "./digest.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#file-record */
export interface FileRecord {
  readonly digest: Digest;
  readonly size: number;
  readonly urls: URL[];
  treeDigest: Digest | null;
  chunkSize: number;
  readonly chunkTableURLs: URL[];
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#maximum-file-size */
export const maximumFileSize = 2 ** 40;

/** https://hybrid-ai-web.github.io/hybrid-ai/#maximum-number-of-chunks */
export const maximumNumberOfChunks = 2 ** 18;

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-file-url */
export function parseAFileURL(string: string, base: URL): URL | Failure {
  // 1. Let url be the result of parsing string with base.
  const url = URL.canParse(string, base) ? new URL(string, base) : null;

  // 2. If url is failure, or its scheme is not an HTTP(S) scheme, or it includes credentials, then return
  //    failure.
  if (url === null) return new Failure(`"${string}" is not a URL`);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return new Failure(`the URL "${string}" is neither an https: nor an http: URL`);
  }
  if (url.username !== "" || url.password !== "") {
    return new Failure("a URL of a file includes no user name and no password");
  }

  // 3. Return url.
  return url;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#parse-a-source */
export function parseASource(string: string, base: URL): URL | Failure {
  // 1. Let url be the result of parsing string with base.
  const url = URL.canParse(string, base) ? new URL(string, base) : null;

  // 2. If url is not failure and its scheme is "blob", then return url.
  // NOTE: It has its blob URL entry from now on, even where the page revokes it at once. So a page hands in
  //   bytes that it has already, in an older cache of its own or from the user's disk. They are verified like
  //   all others.
  // NB: A script cannot hold a blob URL's entry: one that is revoked before it is asked for is a source that
  // is not there.
  if (url?.protocol === "blob:") return url;

  // 3. Return the result of parsing a file URL given string and base.
  return parseAFileURL(string, base);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-file-record */
export function createAFileRecord(descriptor: ModelFileDescriptor, base: URL): FileRecord | Failure {
  // 1. Let parsed be the result of parsing a digest given descriptor["digest"].
  const parsed = parseADigest(descriptor.digest);

  // 2. If parsed is failure, then return failure.
  if (isFailure(parsed)) return parsed;

  // 3. If descriptor["size"] is greater than the maximum file size, then return failure.
  if (descriptor.size > maximumFileSize) {
    return new Failure(`the size of a file is at most ${maximumFileSize} bytes`);
  }

  // 4. If descriptor["urls"] is empty, then return failure.
  if (descriptor.urls.length === 0) return new Failure("a file needs at least one URL");

  // 5. Let record be a new file record whose digest is descriptor["digest"], size is descriptor["size"], URLs
  //    is « », tree digest is null, chunk size is 524288, and chunk table URLs is « ».
  const record: FileRecord = {
    digest: descriptor.digest,
    size: descriptor.size,
    urls: [],
    treeDigest: null,
    chunkSize: 524288,
    chunkTableURLs: [],
  };

  // 6. For each string of descriptor["urls"]:
  for (const string of descriptor.urls) {
    // 6.1. Let url be the result of parsing a source given string and base.
    const url = parseASource(string, base);

    // 6.2. If url is failure, then return failure.
    if (isFailure(url)) return url;

    // 6.3. Append url to record's URLs.
    record.urls.push(url);
  }

  // 7. If parsed's kind is "tree", then set record's tree digest to record's digest.
  if (parsed.kind === "tree") record.treeDigest = record.digest;

  // 8. If descriptor["chunks"] exists, then set record's chunk size to descriptor["chunks"]["size"].
  if (descriptor.chunks !== undefined) record.chunkSize = descriptor.chunks.size;

  // 9. If record's chunk size is not a valid chunk size, then return failure.
  if (!isAValidChunkSize(record.chunkSize)) {
    return new Failure("the size of a chunk is a power of two from 65536 to 67108864");
  }

  // 10. If the number of chunks of a file of record's size with chunks of record's chunk size is greater than
  //     the maximum number of chunks, then return failure.
  if (numberOfChunks(record.size, record.chunkSize) > maximumNumberOfChunks) {
    return new Failure(`a file has at most ${maximumNumberOfChunks} chunks: make them larger`);
  }

  // 11. If descriptor["chunks"] does not exist, then return record.
  if (descriptor.chunks === undefined) return record;

  // 12. Let chunks be descriptor["chunks"].
  const chunks = descriptor.chunks;

  // 13. If chunks["digest"] exists:
  if (chunks.digest !== undefined) {
    // 13.1. Let tree be the result of parsing a digest given chunks["digest"].
    const tree = parseADigest(chunks.digest);

    // 13.2. If tree is failure, or tree's kind is not "tree", then return failure.
    if (isFailure(tree)) return tree;
    if (tree.kind !== "tree") return new Failure('the digest of chunks starts with "sha256tree-"');

    // 13.3. If parsed's kind is "tree" and chunks["digest"] is not record's digest, then return failure.
    if (parsed.kind === "tree" && chunks.digest !== record.digest) {
      return new Failure("a file that is named by a tree digest has chunks of that same digest");
    }

    // 13.4. Set record's tree digest to chunks["digest"].
    record.treeDigest = chunks.digest;
  }

  // 14. For each string of chunks["urls"]:
  for (const string of chunks.urls) {
    // 14.1. Let url be the result of parsing a file URL given string and base.
    const url = parseAFileURL(string, base);

    // 14.2. If url is failure, then return failure.
    if (isFailure(url)) return url;

    // 14.3. Append url to record's chunk table URLs.
    record.chunkTableURLs.push(url);
  }

  // 15. Return record.
  return record;
}
