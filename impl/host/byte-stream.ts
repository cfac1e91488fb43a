/** What a byte stream's source is called with. */
interface ByteController {
  readonly byobRequest?: { respond(count: number): void } | null;
  enqueue(chunk: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

interface Source {
  pull(controller: ByteController): Promise<void>;
  cancel(reason: unknown): Promise<void>;
}

interface Strategy {
  readonly highWaterMark: 0;
}

/** A realm's constructor of streams. */
export type StreamConstructor = Constructor<Source & { readonly type: "bytes" }> & Constructor<Source>;

type Constructor<T> = new (source: T, strategy: Strategy) => ReadableStream<Uint8Array>;

/**
 * A readable byte stream of what `pull` gives, one call for each read: nothing is read before it is asked for.
 * `pull` answers with null at the end.
 */
export function aReadableByteStream(
  constructor: StreamConstructor,
  pull: () => Promise<Uint8Array<ArrayBuffer> | null>,
  cancel: (reason: unknown) => Promise<void>,
): ReadableStream<Uint8Array> {
  const source: Source = {
    async pull(controller) {
      const bytes = await pull();
      if (bytes !== null) {
        controller.enqueue(bytes);
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel,
  };
  const strategy: Strategy = { highWaterMark: 0 };
  try {
    return new constructor({ type: "bytes", ...source }, strategy);
  } catch {
    // WebKit knows no byte streams yet: then its readers cannot bring buffers of their own.
    return new constructor(source, strategy);
  }
}
