import { create, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { NodeProtoSchema } from "onnx-buf";
import { ModelProtoSchema, TensorProto_DataType as DataType } from "onnx-buf";

type Shape = readonly (number | string)[];
type Declaration = readonly [name: string, type: DataType, shape: Shape];

/** The element types of the echo model, by the name of its input; the output has "_again" behind it. */
export const echoed: Readonly<Record<string, DataType>> = {
  BOOL: DataType.BOOL,
  UINT8: DataType.UINT8,
  UINT16: DataType.UINT16,
  UINT32: DataType.UINT32,
  UINT64: DataType.UINT64,
  INT8: DataType.INT8,
  INT16: DataType.INT16,
  INT32: DataType.INT32,
  INT64: DataType.INT64,
  FP16: DataType.FLOAT16,
  FP32: DataType.FLOAT,
  FP64: DataType.DOUBLE,
};

/**
 * A folder of models small enough to be made in a test: `sum` adds `x` [rows, 3] and `y` [3] in one part and doubles
 * that in a second; `echo-<datatype>` gives back `value` [size]; `broken` has a part that is no model.
 */
export async function makeModels(folder: string): Promise<void> {
  const rows: Shape = ["rows", 3];
  await writeModel(folder, "sum", [
    onnxModel(
      { opType: "Add", input: ["x", "y"], output: ["sum"] },
      [
        ["x", DataType.FLOAT, rows],
        ["y", DataType.FLOAT, [3]],
      ],
      ["sum", DataType.FLOAT, rows],
    ),
    onnxModel(
      { opType: "Add", input: ["sum", "sum"], output: ["doubled"] },
      [["sum", DataType.FLOAT, rows]],
      ["doubled", DataType.FLOAT, rows],
    ),
  ]);
  for (const [name, type] of Object.entries(echoed)) {
    await writeModel(folder, `echo-${name}`, [
      onnxModel(
        { opType: "Identity", input: ["value"], output: ["again"] },
        [["value", type, ["size"]]],
        ["again", type, ["size"]],
      ),
    ]);
  }
  await writeModel(folder, "broken", [new TextEncoder().encode("no model")]);
}

async function writeModel(folder: string, name: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  for (const [index, part] of parts.entries()) {
    await writeFile(path.join(folder, name, `part ${index}.onnx`), part);
  }
  const manifest = {
    name,
    version: "1.2.3",
    variants: [
      { name: "unknown-here", format: "other", parts: [{ file: { urls: ["part.other"] } }] },
      {
        name: "float32",
        format: "onnx",
        parts: parts.map((_, index) => ({ file: { urls: [`part%20${index}.onnx`] } })),
      },
    ],
  };
  await writeFile(path.join(folder, name, "manifest.json"), JSON.stringify(manifest));
}

function onnxModel(
  operator: MessageInitShape<typeof NodeProtoSchema>,
  inputs: readonly Declaration[],
  output: Declaration,
): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: "", version: 17n }],
      graph: {
        name: "graph",
        node: [operator],
        input: inputs.map(declaration),
        output: [declaration(output)],
      },
    }),
  );
}

function declaration([name, elemType, shape]: Declaration) {
  const dim = shape.map((size) => ({
    value:
      typeof size === "number"
        ? { case: "dimValue" as const, value: BigInt(size) }
        : { case: "dimParam" as const, value: size },
  }));
  return { name, type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim } } } } };
}
