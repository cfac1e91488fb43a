/**
 * The part of the web platform that the chapters may see, and no more of it: what every host has as a global
 * and what reveals nothing of the device. Whatever else a chapter needs is a member of the host.
 *
 * The chapters are compiled against this file in place of the DOM's and Node's types. Each declaration is a
 * subset of the platform's own, so that a value of either kind passes where the other is asked for.
 */

declare class DOMException extends Error {
  constructor(message?: string, name?: string);
  readonly name: string;
  readonly message: string;
}

interface Event {
  readonly type: string;
  preventDefault(): void;
}

interface EventTarget {
  addEventListener(
    type: string,
    callback: ((event: Event) => void) | null,
    options?: { once?: boolean },
  ): void;
  removeEventListener(
    type: string,
    callback: ((event: Event) => void) | null,
    options?: { capture?: boolean },
  ): void;
  dispatchEvent(event: Event): boolean;
}

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  // The platform's own type: a reason may be any value.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly reason: any;
  throwIfAborted(): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortSignal: { prototype: AbortSignal; any(signals: AbortSignal[]): AbortSignal };
declare const AbortController: { prototype: AbortController; new (): AbortController };

interface URL {
  readonly hash: string;
  readonly host: string;
  readonly hostname: string;
  readonly href: string;
  readonly origin: string;
  readonly password: string;
  readonly pathname: string;
  readonly port: string;
  readonly protocol: string;
  readonly search: string;
  readonly username: string;
  toString(): string;
}
declare const URL: {
  prototype: URL;
  new (url: string | URL, base?: string | URL): URL;
  canParse(url: string | URL, base?: string | URL): boolean;
  parse(url: string | URL, base?: string | URL): URL | null;
};

declare const crypto: {
  readonly subtle: { digest(algorithm: string, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
};

declare function atob(data: string): string;
declare function btoa(data: string): string;

// Not yet in the language's library that the chapters are compiled with.
declare const Float16Array: new (buffer: ArrayBuffer) => ArrayBufferView<ArrayBuffer>;

interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { prototype: TextEncoder; new (): TextEncoder };

interface TextDecoder {
  decode(input?: ArrayBuffer | ArrayBufferView): string;
}
declare const TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

// The names of the type parameters and their defaults are the platform's: declarations of one name must agree.
/* eslint-disable @typescript-eslint/no-explicit-any */
interface ReadableStreamDefaultReader<R = any> {
  read(): Promise<{ done: false; value: R } | { done: true; value: R | undefined }>;
  cancel(reason?: any): Promise<void>;
  releaseLock(): void;
}

interface ReadableStream<R = any> {
  readonly locked: boolean;
  getReader(): ReadableStreamDefaultReader<R>;
  cancel(reason?: any): Promise<void>;
}
/* eslint-enable @typescript-eslint/no-explicit-any */
