import type { AllowSharedBufferSource, GlobalObject, ModelFile } from "../../idl/contracts.ts";
import { hostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { isFailure } from "../infra/failure.ts";
import { inParallel } from "../infra/in-parallel.ts";
import { aNewPromise } from "../infra/promise.ts";
import { ChunksOnDemand } from "./chunks-on-demand.ts";
import { notAlive } from "./not-alive.ts";
import { notFound } from "./verified-file.ts";
import type { VerifiedFile } from "./verified-file.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#modelfile */
export class ModelFileImplementation implements ModelFile {
  readonly #host: Host;
  readonly #entry: VerifiedFile;

  constructor(globalObject: GlobalObject, entry: VerifiedFile) {
    this.#host = hostOf(globalObject);
    this.#entry = entry;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-digest */
  get digest(): string {
    // 1. Return this's entry's digest.
    return this.#entry.digest;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-size */
  get size(): number {
    // 1. Return this's entry's size.
    return this.#entry.size;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-stream */
  stream(): ReadableStream {
    // 1. Let entry be this's entry.
    const entry = this.#entry;

    // 2. Let position be 0.
    let position = 0;
    const chunks = new ChunksOnDemand(this.#host, entry);

    // 3. Let next be the following steps:
    const next = async () => {
      // 3.1. If position is entry's size, then return null.
      if (position === entry.size) return null;

      // 3.2. Let start be position.
      const start = position;

      // 3.3. Set position to where the chunk of entry ends that has the byte at start.
      position = Math.min(entry.size, start + entry.chunkSize);

      // 3.4. Return the result of reading bytes of entry from start up to position.
      const bytes = await chunks.read(start, position);
      if (isFailure(bytes)) throw notFound(bytes);
      return bytes;
    };

    // 4. Return the result of creating a byte stream from next in this's relevant realm.
    return this.#host.createAReadableByteStream(next, () => chunks.close());
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-arraybuffer */
  arrayBuffer(): Promise<ArrayBuffer> {
    // 1. If this's relevant settings object is not alive, then return a promise rejected with an
    //    "InvalidStateError" DOMException.
    const host = this.#host;
    if (!host.isFullyActive()) throw notAlive();

    // 2. Let entry be this's entry and global be this's relevant global object.
    const entry = this.#entry;

    // 3. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<ArrayBuffer>();

    // 4. Run the following steps in parallel:
    inParallel(async () => {
      // 4.1. Let bytes be the result of reading bytes of entry from 0 up to entry's size.
      const bytes = await entry.readBytes(0, entry.size).catch((error: unknown) => ({ error }));

      // 4.2. If bytes is failure, then queue a global task on the hybrid AI task source given global to
      //      reject promise with a "NotFoundError" DOMException, and abort these steps.
      if (isFailure(bytes)) {
        host.queueATask(() => reject(notFound(bytes)));
        return;
      }

      // 4.3. Queue a global task on the hybrid AI task source given global to resolve promise with a new
      //      ArrayBuffer that holds bytes; or, if there is not so much memory, to reject promise with a
      //      RangeError.
      host.queueATask(() =>
        "error" in bytes ? reject(notEnoughMemory(bytes.error)) : resolve(bytes.buffer),
      );
    });

    // 5. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-blob */
  blob(): Promise<Blob> {
    // 1. If this's relevant settings object is not alive, then return a promise rejected with an
    //    "InvalidStateError" DOMException.
    const host = this.#host;
    if (!host.isFullyActive()) throw notAlive();

    // 2. Let entry be this's entry and global be this's relevant global object.
    const entry = this.#entry;

    // 3. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<Blob>();

    // 4. Run the following steps in parallel:
    inParallel(async () => {
      // 4.1. Let bytes be an empty byte sequence.
      // NB: Each part goes into a blob of its own, which is no longer the page's memory.
      const bytes: Blob[] = [];
      try {
        // 4.2. For each index of the indices of the chunks of entry, in order:
        // 4.2.1. Let chunk be the result of reading a chunk with index index of entry.
        for await (const part of entry.readParts(0, entry.size)) {
          // 4.2.2. If chunk is failure, then queue a global task on the hybrid AI task source given global to
          //        reject promise with a "NotFoundError" DOMException, and abort these steps.
          if (isFailure(part)) {
            host.queueATask(() => reject(notFound(part)));
            return;
          }

          // 4.2.3. Append chunk to bytes.
          bytes.push(await part.buffer.show((seen) => host.createABlob([seen], "")));
        }

        // 4.3. Queue a global task on the hybrid AI task source given global to resolve promise with a new
        //      Blob that holds bytes and whose type is "application/octet-stream"; or, if there is not so
        //      much memory, to reject promise with a RangeError.
        const blob = host.createABlob(bytes, "application/octet-stream");
        host.queueATask(() => resolve(blob));
      } catch (error) {
        host.queueATask(() => reject(notEnoughMemory(error)));
      }
    });

    // 5. Return promise.
    return promise;
  }

  /** https://hybrid-ai-web.github.io/hybrid-ai/#dom-modelfile-read */
  read(destination: AllowSharedBufferSource, offset: number): Promise<void> {
    // 1. If this's relevant settings object is not alive, then return a promise rejected with an
    //    "InvalidStateError" DOMException.
    const host = this.#host;
    if (!host.isFullyActive()) throw notAlive();

    // 2. If destination is detached, then return a promise rejected with a TypeError.
    // NB: The bindings' conversion has done so.

    // 3. Let entry be this's entry and global be this's relevant global object.
    const entry = this.#entry;

    // 4. Let length be destination's byte length.
    const length = destination.byteLength;

    // 5. If offset + length is greater than entry's size, then return a promise rejected with a RangeError.
    if (offset + length > entry.size) {
      throw new RangeError(
        `There are no ${length} bytes from ${offset} in a file of ${entry.size}. Pass a shorter view of the buffer.`,
      );
    }

    // 6. Let promise be a new promise.
    const { promise, resolve, reject } = aNewPromise<undefined>();

    // 7. Run the following steps in parallel:
    inParallel(async () => {
      try {
        // 7.1. For each index of the indices of the chunks of entry that have bytes between offset and offset
        //      + length, in order:
        // 7.1.1. Let chunk be the result of reading a chunk with index index of entry.
        // NB: A part is the bytes of one chunk, or of several in a row.
        for await (const part of entry.readParts(offset, offset + length)) {
          // 7.1.2. If chunk is failure, then queue a global task on the hybrid AI task source given global to
          //        reject promise with a "NotFoundError" DOMException, and abort these steps.
          if (isFailure(part)) {
            host.queueATask(() => reject(notFound(part)));
            return;
          }

          // 7.1.3. Let bytes be those bytes of chunk that lie between offset and offset + length, and
          //        position be the number of bytes between offset and the first of them.
          const position = part.start - offset;

          // 7.1.4. Let fits be false.
          // 7.1.5. Queue a global task on the hybrid AI task source given global to run these steps, and wait
          //        until they have run:
          const fits = await part.buffer.show((bytes) => {
            // 7.1.5.1. If destination's byte length is not length, then abort these steps.
            // NOTE: It was transferred away in the meantime.
            if (destination.byteLength !== length) return false;

            // 7.1.5.2. Write bytes into destination from its byte position on.
            write(bytes, destination, position);

            // 7.1.5.3. Set fits to true.
            return true;
          });

          // 7.1.6. If fits is false, then queue a global task on the hybrid AI task source given global to
          //        reject promise with a TypeError, and abort these steps.
          if (!fits) {
            const message = "The buffer was transferred while the file was read.";
            host.queueATask(() => reject(new TypeError(message)));
            return;
          }
        }

        // 7.2. Queue a global task on the hybrid AI task source given global to resolve promise with
        //      undefined; or, if there is not so much memory as these steps need, to reject promise with a
        //      RangeError.
        host.queueATask(() => resolve(undefined));
      } catch (error) {
        host.queueATask(() => reject(notEnoughMemory(error)));
      }
    });

    // 8. Return promise.
    return promise;
  }
}

export { ModelFileImplementation as implementation };

/** What keeps a file from being read that is there. */
function notEnoughMemory(error: unknown): RangeError {
  if (error instanceof RangeError) return error;
  const message = "There is not enough memory to read the file. Read a part of it at a time.";
  return new RangeError(message, { cause: error });
}

/** https://webidl.spec.whatwg.org/#arraybuffer-write */
function write(bytes: Uint8Array, destination: AllowSharedBufferSource, position: number): void {
  const view = ArrayBuffer.isView(destination)
    ? new Uint8Array(destination.buffer, destination.byteOffset, destination.byteLength)
    : new Uint8Array(destination);
  view.set(bytes, position);
}
