import fc from "fast-check";
import { describe, it } from "mocha";
import assert from "node:assert/strict";
import type { Tensor, TensorDataType } from "../backend/backend.ts";
import { elementSize } from "../concepts/tensor.ts";
import { isFailure } from "../infra/failure.ts";
import type { TensorDescription } from "../model-manifest/manifest.ts";
import { encodeAnInferenceRequest, hasAJSONForm, protocolNames } from "./inference-request.ts";
import { decodeAnInferenceResponse, maximumResponseLength } from "./inference-response.ts";
import { aNewExchange } from "./remote-job.ts";
import type { RemoteJob } from "./remote-job.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const cases = { seed, numRuns: 500 };

const dataTypes = Object.keys(protocolNames) as TensorDataType[];
const aName = fc.oneof(
  fc.constantFrom("x", "y", "__proto__", "constructor", "ü ☃", '"\\'),
  fc.string({ minLength: 1 }),
);

const aTensor: fc.Arbitrary<Tensor> = fc
  .record({
    dataType: fc.constantFrom(...dataTypes),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  })
  .chain(({ dataType, shape }) => {
    const length = shape.reduce((product, size) => product * size, elementSize(dataType));
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => ({ dataType, shape, data: new Uint8Array(bytes) }));
  });

const tensors = fc
  .uniqueArray(fc.tuple(aName, aTensor), { selector: ([name]) => name, minLength: 1, maxLength: 4 })
  .map((entries) => new Map(entries));

function describeTensors(outputs: ReadonlyMap<string, Tensor>): Map<string, TensorDescription> {
  return new Map([...outputs].map(([name, { dataType, shape }]) => [name, { dataType, shape }]));
}

function aJob(
  outputs: ReadonlyMap<string, TensorDescription | null>,
  inputs = new Map<string, Tensor>(),
): RemoteJob {
  const exchange = aNewExchange();
  return { variantName: "exact", inputs, outputs, dimensions: new Map(), exchange, permission: () => true };
}

/** The elements of a tensor that has a JSON form, as JSON has them. */
function numbersOf({ dataType, data }: Tensor): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Array.from({ length: data.length / elementSize(dataType) }, (_, index) => {
    switch (dataType) {
      case "float32":
        return Object.is(view.getFloat32(index * 4, true), -0)
          ? "-0.0"
          : String(view.getFloat32(index * 4, true));
      case "int32":
        return String(view.getInt32(index * 4, true));
      case "uint32":
        return String(view.getUint32(index * 4, true));
      case "int64":
        return String(view.getBigInt64(index * 8, true));
      case "uint64":
        return String(view.getBigUint64(index * 8, true));
      case "int8":
        return String(view.getInt8(index));
      case "uint8":
        return String(view.getUint8(index));
      case "float16":
        throw new RangeError("no JSON form");
    }
  });
}

/** Numbers as nested lists of a shape, as some servers write them. */
function nest(numbers: readonly string[], shape: readonly number[]): string {
  if (shape.length === 0) return numbers[0]!;
  if (shape.length === 1) return `[${numbers.join(",")}]`;
  const [outer = 0, ...inner] = shape;
  const step = inner.reduce((product, size) => product * size, 1);
  return `[${Array.from({ length: outer }, (_, row) => nest(numbers.slice(row * step, (row + 1) * step), inner)).join(",")}]`;
}

type Form = "binary" | "flat" | "nested";

/** A response as an honest server writes it. */
function aResponse(outputs: ReadonlyMap<string, Tensor>, formOf: (tensor: Tensor) => Form) {
  const pieces: Uint8Array[] = [];
  const entries = [...outputs].map(([name, tensor]) => {
    const { dataType, shape, data } = tensor;
    const head = `"name":${JSON.stringify(name)},"shape":${JSON.stringify(shape)},"datatype":"${protocolNames[dataType]}"`;
    const form = formOf(tensor);
    if (form === "binary") {
      pieces.push(data);
      return `{${head},"parameters":{"binary_data_size":${data.length}}}`;
    }
    const numbers = numbersOf(tensor);
    const list = form === "nested" && shape.length > 0 ? nest(numbers, shape) : `[${numbers.join(",")}]`;
    return `{${head},"data":${list}}`;
  });
  const json = new TextEncoder().encode(`{"model_name":"m","outputs":[${entries.join(",")}]}`);
  const bytes = new Uint8Array(Buffer.concat([json, ...pieces]));
  return { bytes, length: pieces.length === 0 ? null : String(json.length) };
}

/** Whether JSON's numbers can hold each element of a tensor. */
function fitsInJSON(tensor: Tensor): boolean {
  if (!hasAJSONForm(tensor)) return false;
  if (tensor.dataType !== "int64" && tensor.dataType !== "uint64") return true;
  return numbersOf(tensor).every((number) => Number.isSafeInteger(Number(number)));
}

describe(`the Open Inference Protocol's tensors (seed ${seed})`, () => {
  it("encode an inference request, step 3.2: a server that follows the protocol reads what was meant, in binary", () => {
    fc.assert(
      fc.property(tensors, (inputs) => {
        const { header, tensors: data } = encodeAnInferenceRequest(
          aJob(new Map([["y", null]]), inputs),
          "binary",
        );
        const json = JSON.parse(new TextDecoder().decode(header)) as {
          inputs: {
            name: string;
            shape: number[];
            datatype: string;
            parameters: { binary_data_size: number };
          }[];
          outputs: unknown[];
        };
        assert.deepEqual(Object.keys(json), ["inputs", "outputs"]);
        assert.deepEqual(json.outputs, [{ name: "y", parameters: { binary_data: true } }]);
        const expected = [...inputs].map(
          ([
            name,
            {
              dataType,
              shape,
              data: { length },
            },
          ]) => {
            return {
              name,
              shape,
              datatype: protocolNames[dataType],
              parameters: { binary_data_size: length },
            };
          },
        );
        assert.deepEqual(json.inputs, expected);
        assert.deepEqual(
          data.map((bytes) => [...bytes]),
          [...inputs.values()].map((tensor) => [...tensor.data]),
        );
      }),
      cases,
    );
  });

  it("encode an inference request, step 3.3: numbers keep every digit, and the sign of a zero, in JSON", () => {
    fc.assert(
      fc.property(tensors, (inputs) => {
        fc.pre([...inputs.values()].every(hasAJSONForm));
        const { header, tensors: data } = encodeAnInferenceRequest(aJob(new Map(), inputs), "json");
        assert.deepEqual(data, []);
        const text = new TextDecoder().decode(header);
        const lists = [...text.matchAll(/"data":\[([^\]]*)\]/g)].map(([, list]) => list);
        assert.deepEqual(
          lists,
          [...inputs.values()].map((tensor) => numbersOf(tensor).join(",")),
        );
        JSON.parse(text);
      }),
      cases,
    );
  });

  it("has a JSON form: no float16, no infinity, no NaN", () => {
    const float32 = (...elements: number[]): Tensor => {
      return {
        dataType: "float32",
        shape: [elements.length],
        data: new Uint8Array(Float32Array.of(...elements).buffer),
      };
    };
    assert.equal(hasAJSONForm(float32(1, -0, 1e38)), true);
    assert.equal(hasAJSONForm(float32(1, Infinity)), false);
    assert.equal(hasAJSONForm(float32(NaN)), false);
    assert.equal(hasAJSONForm({ dataType: "float16", shape: [1], data: new Uint8Array(2) }), false);
  });

  it("decode an inference response, step 12: an honest answer is read, in binary, in flat lists, in nested ones, or mixed", () => {
    fc.assert(
      fc.property(tensors, fc.array(fc.constantFrom<Form>("binary", "flat", "nested")), (outputs, forms) => {
        let index = 0;
        const { bytes, length } = aResponse(outputs, (tensor) => {
          const form = forms[index++] ?? "binary";
          return fitsInJSON(tensor) ? form : "binary";
        });
        const job = aJob(describeTensors(outputs));
        const decoded = decodeAnInferenceResponse(bytes, length, job);
        assert.ok(!isFailure(decoded), isFailure(decoded) ? decoded.message : "");
        assert.deepEqual(decoded, outputs);
        assert.deepEqual(job.exchange.claim, { modelName: "m" });
        assert.ok(bytes.length <= maximumResponseLength(job));
      }),
      cases,
    );
  });

  it("decode an inference response, step 12: whatever comes, it is the outputs that were asked for, or failure", () => {
    const spoil = fc.record({
      at: fc.nat(),
      how: fc.constantFrom("flip", "drop", "insert"),
      byte: fc.nat(255),
    });
    fc.assert(
      fc.property(
        tensors,
        fc.array(spoil, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (outputs, spoils, cut) => {
          const { bytes, length } = aResponse(outputs, (tensor) => (fitsInJSON(tensor) ? "flat" : "binary"));
          const spoiled = [...bytes];
          for (const { at, how, byte } of spoils) {
            const place = at % (spoiled.length + 1);
            if (how === "flip") spoiled[place % spoiled.length]! ^= byte | 1;
            else if (how === "drop") spoiled.splice(place, 1 + (cut % 3));
            else spoiled.splice(place, 0, byte);
          }
          const descriptions = describeTensors(outputs);
          const decoded = decodeAnInferenceResponse(Uint8Array.from(spoiled), length, aJob(descriptions));
          if (!isFailure(decoded)) assert.deepEqual(describeTensors(decoded), descriptions);
        },
      ),
      { ...cases, numRuns: 2000 },
    );
  });

  it("decode an inference response, step 12: any JSON at all is outputs or failure", () => {
    const anEntry = fc.dictionary(
      fc.constantFrom("name", "shape", "datatype", "data", "parameters", "__proto__"),
      fc.oneof(
        fc.constantFrom<unknown>("y", "FP32", "INT64", [1], [2, 2], [0], [-1], [1.5], [1e308, 0], 3, null),
        fc.constantFrom<unknown>(
          { binary_data_size: 4 },
          { binary_data_size: -4 },
          { binary_data_size: 1e300 },
        ),
        fc.array(fc.jsonValue()),
        fc.jsonValue(),
      ),
    );
    const anAnswer = fc.oneof(
      fc.record({ outputs: fc.array(anEntry), model_name: fc.jsonValue(), model_version: fc.jsonValue() }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(anAnswer, fc.option(fc.oneof(fc.nat(200).map(String), fc.string())), (answer, length) => {
        const bytes = new TextEncoder().encode(JSON.stringify(answer));
        const job = aJob(new Map([["y", { dataType: "float32", shape: [1] }]]));
        const decoded = decodeAnInferenceResponse(bytes, length, job);
        if (!isFailure(decoded)) assert.deepEqual(decoded.get("y")?.shape, [1]);
      }),
      cases,
    );
  });

  it("read the elements, step 2: lists may be nested as deep as a response is long", () => {
    const depth = 30_000;
    const data = `${"[".repeat(depth)}1${"]".repeat(depth)}`;
    const bytes = new TextEncoder().encode(
      `{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":${data}}]}`,
    );
    const decoded = decodeAnInferenceResponse(
      bytes,
      null,
      aJob(new Map([["y", { dataType: "float32", shape: [1] }]])),
    );
    assert.ok(!isFailure(decoded));
  });

  const integers: [TensorDataType, least: number, most: number][] = [
    ["int8", -128, 127],
    ["uint8", 0, 255],
    ["int32", -(2 ** 31), 2 ** 31 - 1],
    ["uint32", 0, 2 ** 32 - 1],
    ["int64", -(2 ** 53) + 1, 2 ** 53 - 1],
    ["uint64", 0, 2 ** 53 - 1],
  ];
  for (const [dataType, least, most] of integers) {
    it(`read the elements, step 4.2: ${dataType} from ${least} to ${most}, and nothing between two integers`, () => {
      const decode = (number: number) => {
        const output = { name: "y", datatype: protocolNames[dataType], shape: [1], data: [number] };
        const bytes = new TextEncoder().encode(JSON.stringify({ outputs: [output] }));
        return decodeAnInferenceResponse(bytes, null, aJob(new Map([["y", { dataType, shape: [1] }]])));
      };
      for (const number of [least, most]) {
        const decoded = decode(number);
        assert.ok(!isFailure(decoded));
        assert.deepEqual(numbersOf(decoded.get("y")!), [String(number)]);
      }
      for (const number of [least - 1, most + 1, 0.5]) assert.ok(isFailure(decode(number)), String(number));
    });
  }

  it("maximum response length: follows from the outputs, as far as they are known", () => {
    const of = (shape: (number | string)[] | null, known: [string, number][] = []) => {
      const description = shape === null ? null : ({ dataType: "float32", shape } as const);
      return maximumResponseLength({ ...aJob(new Map([["y", description]])), dimensions: new Map(known) });
    };
    assert.equal(of([10, 10]), 65536 + 3200);
    assert.equal(of([10, "n"], [["n", 2]]), 65536 + 640);
    assert.equal(of([10, "n"]), 65536 + 268435456);
    assert.equal(of(null), 65536 + 268435456);
  });

  it("maximum response length: is never more than 1 GiB, whatever the outputs are said to be", () => {
    const job = (...shapes: (readonly number[] | null)[]) => {
      const descriptions = shapes.map((shape, index) => {
        return [`y${index}`, shape === null ? null : ({ dataType: "float32", shape } as const)] as const;
      });
      return aJob(new Map(descriptions));
    };
    const most = 2 ** 30;
    assert.equal(maximumResponseLength(job([4294967295, 4294967295])), most);
    assert.equal(maximumResponseLength(job(...Array<null>(256).fill(null))), most);
    assert.equal(maximumResponseLength(job([(most - 65536) / 32])), most);
    assert.equal(maximumResponseLength(job([(most - 65536) / 32 - 1])), most - 32);
  });
});
