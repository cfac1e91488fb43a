/**
 * https://webidl.spec.whatwg.org/#js-type-mapping : those conversions of webidl-conversions that the bindings use, with the
 * same results, in a quarter of the bytes. The test holds one against the other.
 */
interface Settings {
  /** What is converted, as the beginning of a sentence. */
  readonly context?: string;
  readonly globals: { readonly TypeError: TypeErrorConstructor };
  readonly enforceRange?: boolean;
  readonly allowShared?: boolean;
}

type Conversion = (value: unknown, settings: Settings) => unknown;

function wrong({ context = "The value", globals }: Settings, what: string): TypeError {
  return new globals.TypeError(`${context} ${what}.`);
}

function number(value: unknown, settings: Settings): number {
  if (typeof value === "bigint" || typeof value === "symbol") throw wrong(settings, "is not a number");
  return Number(value);
}

function text(value: unknown, settings: Settings): string {
  if (typeof value === "symbol") throw wrong(settings, "is a symbol");
  return String(value);
}

function unsigned(bits: number): Conversion {
  const most = Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER);
  return (value, settings) => {
    // Adding makes a zero of a negative zero.
    const integer = Math.trunc(number(value, settings)) + 0;
    if (!settings.enforceRange) {
      return Number.isFinite(integer) ? Number(BigInt.asUintN(bits, BigInt(integer))) : 0;
    }
    if (!(integer >= 0 && integer <= most)) throw wrong(settings, `is not a number from 0 to ${most}`);
    return integer;
  };
}

type Getter = "byteLength" | "resizable" | "growable" | "detached";

/** The value of a buffer's getter, or undefined for what is no such buffer. */
function ask({ prototype }: { readonly prototype: object }, name: Getter, value: unknown): unknown {
  try {
    return Reflect.get(prototype, name, value);
  } catch {
    return undefined;
  }
}

function fixed(buffer: unknown, settings: Settings): void {
  if (ask(ArrayBuffer, "resizable", buffer) || ask(SharedArrayBuffer, "growable", buffer)) {
    throw wrong(settings, "is a buffer whose length is not fixed");
  }
  if (ask(ArrayBuffer, "detached", buffer)) throw wrong(settings, "is a detached buffer");
}

function buffer(constructor: { readonly prototype: object }): Conversion {
  return (value, settings) => {
    if (ask(constructor, "byteLength", value) === undefined) throw wrong(settings, "is not a buffer");
    fixed(value, settings);
    return value;
  };
}

export const conversions: Readonly<Record<string, Conversion>> = {
  any: (value) => value,
  boolean: Boolean,
  double(value, settings) {
    const double = number(value, settings);
    if (!Number.isFinite(double)) throw wrong(settings, "is not a finite number");
    return double;
  },
  "unrestricted double": number,
  "unsigned long": unsigned(32),
  "unsigned long long": unsigned(64),
  DOMString: text,
  USVString: (value, settings) => text(value, settings).toWellFormed(),
  ByteString(value, settings) {
    const string = text(value, settings);
    if (/[^\0-\xff]/.test(string)) throw wrong(settings, "is not a string of bytes");
    return string;
  },
  ArrayBuffer: buffer(ArrayBuffer),
  SharedArrayBuffer: buffer(SharedArrayBuffer),
  ArrayBufferView(value, settings) {
    if (!ArrayBuffer.isView(value)) throw wrong(settings, "is not a view of a buffer");
    if (!settings.allowShared && ask(SharedArrayBuffer, "byteLength", value.buffer) !== undefined) {
      throw wrong(settings, "is a view of a shared buffer");
    }
    fixed(value.buffer, settings);
    return value;
  },
};
