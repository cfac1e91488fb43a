/**
 * What the pages need of the platform and jsdom lacks, from Node. What the pages get is of the window's realm where they
 * can tell: its promises, its errors, its buffers. Nothing here enforces CORS: the host of the polyfill does that for itself.
 */
import { createRequire } from "node:module";
import type { DOMWindow } from "jsdom";

/** A window with the constructors of its own realm. */
export type Realm = DOMWindow & typeof globalThis;

export function supplyPlatform(window: DOMWindow): void {
  const realm = window as Realm;
  const define = (target: object, name: string, value: unknown) =>
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

  define(realm, "fetch", fetchIn(realm));
  for (const name of ["Request", "Response"] as const) define(realm, name, globalThis[name]);
  for (const name of ["ReadableStream", "WritableStream", "TransformStream"] as const) {
    define(realm, name, globalThis[name]);
  }
  for (const name of ["ByteLengthQueuingStrategy", "CountQueuingStrategy"] as const) {
    define(realm, name, globalThis[name]);
  }
  define(realm, "structuredClone", (value: unknown, options?: StructuredSerializeOptions) => {
    return inRealmOrThrow(realm, () => structuredClone(value, options));
  });
  define(realm, "isSecureContext", isPotentiallyTrustworthy(new URL(realm.location.href)));
  define(realm, "crossOriginIsolated", false);
  define(realm.Blob.prototype, "stream", streamOfABlob);
  define(realm.URL, "createObjectURL", (blob: Blob) => URL.createObjectURL(blobOfNode(blob)));
  define(realm.URL, "revokeObjectURL", (url: string) => URL.revokeObjectURL(url));
  // jsdom's interface objects are functions of Node's realm; what inherits from them is to be of the window's.
  for (const base of [realm.EventTarget, realm.DOMException]) {
    Object.setPrototypeOf(base, realm.Function.prototype);
  }
  define(realm, "ProgressEvent", progressEventWithFractionsIn(realm));
  Object.defineProperty(Object.getPrototypeOf(realm.crypto), "subtle", {
    configurable: true,
    enumerable: true,
    get: () => globalThis.crypto.subtle,
  });
}

/** jsdom's progress events round to integers, as the standard once had it. */
function progressEventWithFractionsIn(realm: Realm): typeof ProgressEvent {
  return class ProgressEvent extends realm.ProgressEvent {
    constructor(type: string, attributes: ProgressEventInit = {}) {
      super(type, attributes);
      const { loaded = 0, total = 0 } = attributes;
      Object.defineProperties(this, { loaded: { value: loaded }, total: { value: total } });
    }
  };
}

function isPotentiallyTrustworthy(url: URL): boolean {
  return url.protocol === "https:" || url.hostname === "localhost" || url.hostname.endsWith(".localhost");
}

function fetchIn(realm: Realm): typeof fetch {
  return (input, init = {}) => {
    const request = input instanceof Request ? input : new URL(String(input), realm.document.baseURI);
    const response = globalThis.fetch(request, initOfNode(init));
    return promiseIn(
      realm,
      response.then((value) => responseIn(realm, value)),
    );
  };
}

/** Node accepts signals and headers of its own kind alone. */
function initOfNode(init: RequestInit): RequestInit {
  const { signal, headers, ...others } = init;
  const result: RequestInit = { ...others };
  if (headers !== undefined) {
    result.headers = Symbol.iterator in headers ? [...(headers as Iterable<[string, string]>)] : headers;
  }
  if (signal) {
    const controller = new AbortController();
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
    result.signal = controller.signal;
  }
  return result;
}

function responseIn(realm: Realm, response: Response): Response {
  const text = response.text.bind(response);
  const arrayBuffer = response.arrayBuffer.bind(response);
  const bytes = async () => new realm.Uint8Array(await arrayBuffer()).slice();
  return Object.assign(response, {
    text: () => promiseIn(realm, text()),
    json: () => promiseIn(realm, text()).then((body) => realm.JSON.parse(body) as unknown),
    arrayBuffer: () => promiseIn(realm, bytes()).then(({ buffer }) => buffer),
    bytes: () => promiseIn(realm, bytes()),
  });
}

function promiseIn<Value>(realm: Realm, promise: Promise<Value>): Promise<Value> {
  return realm.Promise.resolve().then(async () => {
    try {
      return await promise;
    } catch (error) {
      throw errorIn(realm, error);
    }
  });
}

function inRealmOrThrow<Value>(realm: Realm, steps: () => Value): Value {
  try {
    return steps();
  } catch (error) {
    throw errorIn(realm, error);
  }
}

/** Node's own errors as the window's; any other value, such as a signal's reason, as it is. */
function errorIn(realm: Realm, error: unknown): unknown {
  if (error instanceof DOMException) return new realm.DOMException(error.message, error.name);
  if (error instanceof TypeError) return new realm.TypeError(error.message);
  return error;
}

interface JSDOMUtilities {
  implForWrapper(wrapper: object): { readonly _bytes: Uint8Array<ArrayBuffer> };
}

/** The same bytes. jsdom has them at hand at once, where it alone can reach. */
function blobOfNode(blob: Blob): Blob {
  const isOfNode = blob instanceof Blob;
  if (isOfNode) return blob;
  const inside = createRequire(import.meta.url)("jsdom/lib/generated/idl/utils.js") as JSDOMUtilities;
  return new Blob([inside.implForWrapper(blob)._bytes]);
}

function streamOfABlob(this: Blob): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    pull: async (controller) => {
      const bytes = new Uint8Array(await this.arrayBuffer());
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
