import { numberOfChunks, parseAChunkTable } from "../concepts/chunk-table.ts";
import type { ChunkTable } from "../concepts/chunk-table.ts";
import { parseADigest } from "../concepts/digest.ts";
import type { FileRecord } from "../concepts/file-record.ts";
import { stalled, unlessItStalls } from "../concepts/unless-it-stalls.ts";
import type { Host } from "../host/host.ts";
import { aDependentController } from "../infra/abort-signal.ts";
import { assert } from "../infra/assert.ts";
import { isFailure } from "../infra/failure.ts";
import { readABody } from "../model-manifest/read-a-body.ts";
import { isSameHash } from "./entry.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#obtain-a-chunk-table */
export async function obtainAChunkTable(
  record: FileRecord,
  host: Host,
  signal: AbortSignal,
): Promise<ChunkTable | null> {
  // 1. Let tree be the result of parsing a digest given record's tree digest.
  const tree = parseADigest(record.treeDigest!);

  // 2. Assert: tree is not failure.
  assert(!isFailure(tree));

  // 3. Let length be 20 + 32 × the number of chunks of a file of record's size with chunks of record's chunk
  //    size.
  const length = 20 + 32 * numberOfChunks(record.size, record.chunkSize);

  // 4. For each url of record's chunk table URLs:
  for (const url of record.chunkTableURLs) {
    const { controller, forget } = aDependentController(signal);
    try {
      // 4.1. Let request be the result of creating a request for url and environment.
      // 4.2. Fetch request, and let response be its response.
      const request = { url: url.href, signal: controller.signal };
      const response = await unlessItStalls(host, controller, () => host.fetch(request));
      if (response === stalled) continue;

      // 4.3. Let bytes be the result of reading a body given response's body and length.
      const bytes = await unlessItStalls(
        host,
        controller,
        (come) => readABody(tellingOfEachPiece(response.body, come), length),
        () => true,
      );

      // 4.4. If bytes is failure, or the SHA-256 of bytes is not tree's hash, then continue.
      if (bytes === stalled || isFailure(bytes) || !isSameHash(tree.hash, await host.sha256(bytes))) continue;

      // 4.5. Let table be the result of parsing a chunk table given bytes, record's size and record's chunk
      //      size.
      const table = parseAChunkTable(bytes, record.size, record.chunkSize);

      // 4.6. If table is not failure, then return table.
      if (!isFailure(table)) return table;
    } catch {
      // NB: A network error has no body.
    } finally {
      forget();
    }
  }

  // 5. Return null.
  // NOTE: The file is then verified when all of it is there. The tree digest can be computed from the file
  //   alone.
  return null;
}

async function* tellingOfEachPiece<T extends Uint8Array>(
  body: AsyncIterable<T>,
  come: (count: number) => void,
): AsyncGenerator<T, void, undefined> {
  let count = 0;
  for await (const piece of body) {
    count += piece.length;
    come(count);
    yield piece;
  }
}
