/**
 * The constructor that a page has no name for unless it is cross-origin isolated. The bindings tell shared buffers from
 * others by it, and a page may hold one all the same: the buffer of a shared WebAssembly memory. The build puts this
 * in place of the name.
 */
function constructorOfSharedBuffers(): SharedArrayBufferConstructor {
  if (typeof globalThis.SharedArrayBuffer === "function") return globalThis.SharedArrayBuffer;
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true });
    return buffer.constructor as SharedArrayBufferConstructor;
  } catch {
    // No shared memory at all: then nothing is a shared buffer.
    return class {
      get byteLength(): number {
        throw new TypeError("There are no shared buffers here.");
      }
      get growable(): boolean {
        throw new TypeError("There are no shared buffers here.");
      }
    } as unknown as SharedArrayBufferConstructor;
  }
}

const constructor = constructorOfSharedBuffers();
export { constructor as SharedArrayBuffer };
