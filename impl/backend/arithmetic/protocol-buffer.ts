/** A message as it lies on the wire: the values of each field by its number, in order. */
export type Fields = ReadonlyMap<number, readonly FieldValue[]>;

/** An integer; or bytes, of a number of fixed size, a string, a list or a message. */
export type FieldValue = bigint | Uint8Array<ArrayBuffer>;

/** https://protobuf.dev/programming-guides/encoding/ : throws a RangeError where the bytes are no message. */
export function readFields(bytes: Uint8Array<ArrayBuffer>): Fields {
  const fields = new Map<number, FieldValue[]>();
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readInteger(cursor);
    const number = Number(tag >> 3n);
    const values = fields.get(number) ?? [];
    values.push(readValue(cursor, Number(tag & 7n)));
    fields.set(number, values);
  }
  return fields;
}

/** The integers of a field that may be written one by one or as a list. */
export function integersOf(values: readonly FieldValue[] = []): bigint[] {
  return values.flatMap((value) => {
    if (typeof value === "bigint") return [value];
    const integers = [];
    const cursor = { bytes: value, at: 0 };
    while (cursor.at < value.length) integers.push(readInteger(cursor));
    return integers;
  });
}

interface Cursor {
  readonly bytes: Uint8Array<ArrayBuffer>;
  at: number;
}

function readValue(cursor: Cursor, wireType: number): FieldValue {
  switch (wireType) {
    case 0:
      return readInteger(cursor);
    case 1:
      return readBytes(cursor, 8);
    case 2:
      return readBytes(cursor, Number(readInteger(cursor)));
    case 5:
      return readBytes(cursor, 4);
    default:
      throw new RangeError(`not a protocol buffer: wire type ${wireType}`);
  }
}

/** Seven bits a byte, the lowest first; negative numbers in two's complement of 64 bits. */
function readInteger(cursor: Cursor): bigint {
  let integer = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const [byte = 0] = readBytes(cursor, 1);
    integer |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asIntN(64, integer);
  }
  throw new RangeError("not a protocol buffer: an integer without an end");
}

function readBytes(cursor: Cursor, length: number): Uint8Array<ArrayBuffer> {
  const end = cursor.at + length;
  if (!(length >= 0 && end <= cursor.bytes.length)) {
    throw new RangeError("not a protocol buffer: it ends too early");
  }
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}
