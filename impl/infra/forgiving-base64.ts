import { Failure } from "./failure.ts";

/** https://infra.spec.whatwg.org/#forgiving-base64-encode */
export function forgivingBase64Encode(data: Uint8Array): string {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** https://infra.spec.whatwg.org/#forgiving-base64-decode */
export function forgivingBase64Decode(data: string): Uint8Array<ArrayBuffer> | Failure {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch {
    return new Failure("it is not base64");
  }
}
