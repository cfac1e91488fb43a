import type { AllowSharedBufferSource } from "../../idl/contracts.ts";

/**
 * The bytes held by a buffer source, uncopied, or null where it is detached. They are where the engine says, and not where
 * members that the page has put on its object say.
 */
export function bytesHeldBy(source: AllowSharedBufferSource): Uint8Array | null {
  try {
    if (!ArrayBuffer.isView(source)) return new Uint8Array(source);
    const isATypedArray = Reflect.get(typedArrays, Symbol.toStringTag, source) !== undefined;
    const prototype = isATypedArray ? typedArrays : DataView.prototype;
    return new Uint8Array(
      Reflect.get(prototype, "buffer", source) as ArrayBufferLike,
      Reflect.get(prototype, "byteOffset", source) as number,
      Reflect.get(prototype, "byteLength", source) as number,
    );
  } catch {
    return null;
  }
}

/** https://tc39.es/ecma262/#sec-properties-of-the-%typedarrayprototype%-object */
const typedArrays = Reflect.getPrototypeOf(Uint8Array.prototype)!;
