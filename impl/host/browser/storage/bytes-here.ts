import { aBufferedResponse } from "../../buffered-response.ts";
import type { Bytes } from "../../host.ts";
import { aLocalBuffer, bytesOf } from "../../local-buffer.ts";
import { MemoryFolder } from "../../memory-folder.ts";
import { sha256OfEach } from "../../sha256-of-each.ts";
import { aByteBody } from "./byte-body.ts";
import type { ByteStream } from "./byte-body.ts";
import type { Hashing } from "./hashing-there.ts";
import { fetchFromThePage } from "./network.ts";
import type { FetchingGlobal } from "./network.ts";
import { openTheFolder } from "./own-folder.ts";
import type { StorageGlobal } from "./own-folder.ts";
import { runningHash } from "./sha256.ts";

/** What of a window or a worker is used for the bytes of files. */
export interface BytesGlobal extends StorageGlobal, FetchingGlobal {}

export const hashingHere: Hashing = {
  sha256: async (bytes, each = bytes.length) => sha256OfEach(crypto.subtle, bytesOf(bytes), each),
  startAHash: runningHash,
};

/** The bytes of files in the memory of this very agent, and by its own means. */
export function bytesHere(global: BytesGlobal): Bytes {
  let folder: ReturnType<typeof openTheFolder> | null = null;
  return {
    makeABuffer: async (length) => aLocalBuffer(new Uint8Array(length)),
    async fetchIntoBuffers(request) {
      const response = await fetchFromThePage(global, request);
      try {
        return { ...response, body: aByteBody(response.stream as unknown as ByteStream) };
      } catch {
        // There is no body, or its stream is not one of bytes.
        return aBufferedResponse(response);
      }
    },
    folder() {
      folder ??= openTheFolder(global);
      return folder;
    },
    memory: new MemoryFolder(),
    ...hashingHere,
  };
}
