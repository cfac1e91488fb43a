import type { AllowSharedBufferSource, EventHandler } from "../../idl/contracts.ts";
import type * as page from "../../idl/page-types.ts";
import { ModelMonitorImplementation } from "../concepts/ModelMonitor-impl.ts";
import { setHostOf } from "../host/host-of.ts";
import type { Host } from "../host/host.ts";
import { platformObject } from "../infra/platform-object.ts";
import { ModelCacheImplementation } from "../model-cache/ModelCache-impl.ts";
import type { ModelFileImplementation } from "../model-cache/ModelFile-impl.ts";

/**
 * The bindings of the model cache alone, by hand: those that are generated for the whole specification weigh more than the
 * cache itself. They convert the same way, in the same order; the web-platform-tests of the cache run on both.
 */

type Realm = typeof globalThis & Record<string, unknown>;

/** A model cache on no global, with `host` behind it. */
export function createAModelCache(globalObject: typeof globalThis, host: Host): page.ModelCache {
  const realm = Object.create(globalObject) as Realm;
  setHostOf(realm, host);
  return new ModelCache(new ModelCacheImplementation(realm));
}

export class ModelCache implements page.ModelCache {
  readonly #implementation: ModelCacheImplementation;

  constructor(implementation: ModelCacheImplementation) {
    if (!(implementation instanceof ModelCacheImplementation)) throw illegalConstructor();
    this.#implementation = implementation;
  }

  async fetch(file: page.ModelFileDescriptor, options?: page.ModelFetchOptions): Promise<page.ModelFile> {
    const descriptor = toDescriptor(file);
    return wrapped(await this.#implementation.fetch(descriptor, toFetchOptions(options)));
  }

  async match(digest: string): Promise<page.ModelFile | null> {
    const file = await this.#implementation.match(toText(digest));
    return file && wrapped(file);
  }

  async keys(): Promise<readonly string[]> {
    return this.#implementation.keys();
  }

  async delete(digest: string): Promise<boolean> {
    return this.#implementation.delete(toText(digest));
  }
}

export class ModelFile implements page.ModelFile {
  readonly #implementation: ModelFileImplementation;

  constructor(implementation: ModelFileImplementation) {
    if (!made.delete(implementation)) throw illegalConstructor();
    this.#implementation = implementation;
  }

  get digest(): string {
    return this.#implementation.digest;
  }

  get size(): number {
    return this.#implementation.size;
  }

  stream(): ReadableStream {
    return this.#implementation.stream();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#implementation.arrayBuffer();
  }

  async blob(): Promise<Blob> {
    return this.#implementation.blob();
  }

  async read(destination: AllowSharedBufferSource, offset?: number): Promise<void> {
    const buffer = toBuffer(destination);
    const start = offset === undefined ? 0 : toInteger(offset, Number.MAX_SAFE_INTEGER, "offset");
    return this.#implementation.read(buffer, start);
  }
}

export class ModelMonitor extends EventTarget {
  readonly #implementation: ModelMonitorImplementation;

  constructor(implementation: ModelMonitorImplementation) {
    super();
    if (!(implementation instanceof ModelMonitorImplementation)) throw illegalConstructor();
    this.#implementation = implementation;
    Object.assign(implementation, { [platformObject]: this });
  }

  get ondownloadprogress(): EventHandler {
    return this.#implementation.ondownloadprogress;
  }

  set ondownloadprogress(handler: EventHandler) {
    this.#implementation.ondownloadprogress = isObject(handler) ? handler : null;
  }
}

/** The implementations whose objects are being made: nobody else can make one. */
const made = new WeakSet<object>();

function wrapped(implementation: unknown): ModelFile {
  made.add(implementation as object);
  return new ModelFile(implementation as ModelFileImplementation);
}

function illegalConstructor(): TypeError {
  return new TypeError("Illegal constructor");
}

type Members = Readonly<Record<string, unknown>>;

// Members are read in the order that Web IDL asks for: by name, and each once.

function toDescriptor(value: unknown) {
  const members = toMembers(value);
  const { chunks: table } = members;
  const chunks = table === undefined ? {} : { chunks: toChunkTable(table) };
  const digest = toText(required(members, "digest"));
  const size = toInteger(required(members, "size"), Number.MAX_SAFE_INTEGER, "size");
  const urls = toURLs(required(members, "urls"));
  return { ...chunks, digest, size, urls };
}

function toChunkTable(value: unknown) {
  const members = toMembers(value);
  const { digest: given } = members;
  const digest = given === undefined ? {} : { digest: toText(given) };
  const { size = 524288 } = members;
  const bytes = toInteger(size, 2 ** 32 - 1, "size");
  const { urls = [] } = members;
  return { ...digest, size: bytes, urls: toURLs(urls) };
}

function toFetchOptions(value: unknown) {
  const members = toMembers(value);
  const { monitor } = members;
  if (monitor !== undefined && typeof monitor !== "function") {
    throw new TypeError("'monitor' is not a function.");
  }
  const invoke = monitor as ((monitor: ModelMonitor) => void) | undefined;
  const { signal } = members;
  // The getter of the platform knows its own kind, and throws a TypeError for any other.
  if (signal !== undefined) Reflect.get(AbortSignal.prototype, "aborted", signal);
  return {
    ...(invoke !== undefined && {
      monitor: (implementation: unknown) => {
        invoke(new ModelMonitor(implementation as ModelMonitorImplementation));
      },
    }),
    ...(signal !== undefined && { signal: signal as AbortSignal }),
  };
}

/** https://webidl.spec.whatwg.org/#js-dictionary */
function toMembers(value: unknown): Members {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new TypeError("An argument is not an object.");
  return value as Members;
}

function required(members: Members, name: string): unknown {
  const value = members[name];
  if (value === undefined) throw new TypeError(`'${name}' is required.`);
  return value;
}

/** https://webidl.spec.whatwg.org/#js-DOMString */
function toText(value: unknown): string {
  if (value === undefined) throw new TypeError("A digest is required.");
  return asText(value);
}

/** A symbol is none, and makes this throw a TypeError. */
function asText(value: unknown): string {
  return "".concat(value as string);
}

/** https://webidl.spec.whatwg.org/#js-sequence of USVString */
function toURLs(value: unknown): string[] {
  if (!isObject(value)) throw new TypeError("'urls' is not a list.");
  return Array.from({ [Symbol.iterator]: () => (value as Iterable<unknown>)[Symbol.iterator]() }, (url) =>
    asText(url).toWellFormed(),
  );
}

/** https://webidl.spec.whatwg.org/#abstract-opdef-converttoint with [EnforceRange] and no sign */
function toInteger(value: unknown, most: number, name: string): number {
  // Unlike `Number()`, this throws for a bigint, as Web IDL asks; and adding makes a zero of a negative zero.
  const number = Math.trunc(+(value as string)) + 0;
  if (!(number >= 0 && number <= most)) throw new TypeError(`'${name}' is out of its range.`);
  return number;
}

/** https://webidl.spec.whatwg.org/#AllowSharedBufferSource */
function toBuffer(value: unknown): AllowSharedBufferSource {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  const resizable = has(buffer, ArrayBuffer, "resizable") ?? has(buffer, SharedArrayBuffer, "growable");
  if (resizable !== false) {
    throw new TypeError("The destination is not a buffer, nor a view of one, whose length is fixed.");
  }
  if (has(buffer, ArrayBuffer, "detached")) throw new TypeError("The destination is a detached buffer.");
  return value as AllowSharedBufferSource;
}

/** The value of a getter of buffers of one kind; undefined for anything else. */
function has(
  value: unknown,
  { prototype }: ArrayBufferConstructor | SharedArrayBufferConstructor,
  name: string,
) {
  try {
    return Reflect.get(prototype, name, value) as boolean;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return Object(value) === value;
}
