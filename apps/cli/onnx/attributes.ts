import type { AttributeProto, NodeProto, TensorProto } from "onnx-buf";

/** The attributes of an operator, read by name with the standard's default where one is absent. */
export interface Attributes {
  integer(name: string, otherwise: number): number;
  integers(name: string): number[] | undefined;
  float(name: string, otherwise: number): number;
  floats(name: string): number[] | undefined;
  string(name: string, otherwise: string): string;
  tensor(name: string): TensorProto | undefined;
  has(name: string): boolean;
}

export function attributesOf(node: NodeProto): Attributes {
  const named = (name: string): AttributeProto | undefined =>
    node.attribute.find((attribute) => attribute.name === name);
  return {
    integer: (name, otherwise) => Number(named(name)?.i ?? otherwise),
    integers: (name) => named(name)?.ints.map(Number),
    float: (name, otherwise) => named(name)?.f ?? otherwise,
    floats: (name) => named(name)?.floats,
    string: (name, otherwise) => {
      const bytes = named(name)?.s;
      return bytes === undefined ? otherwise : new TextDecoder().decode(bytes);
    },
    tensor: (name) => named(name)?.t,
    has: (name) => named(name) !== undefined,
  };
}
