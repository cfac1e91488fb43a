import { readFile } from "node:fs/promises";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { InferenceSession as Session, Tensor } from "onnxruntime-node";
import { datatypeOfTensor } from "./datatype.ts";
import type { RequestedInput } from "./infer-request.ts";
import { ProtocolError } from "./protocol-error.ts";
import { RunEstimate } from "./run-estimate.ts";

/** An input or output as the protocol tells of it: a dimension of -1 may have any size. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A model in memory, ready to run: its parts in pipeline order, each fed by the page's inputs and the parts before it. */
export class ServedModel {
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly #parts: readonly InferenceSession[];
  readonly #estimate: RunEstimate | null;
  /** The run that is under way: one at a time has all processors, and the memory of one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(parts: readonly InferenceSession[], estimate: RunEstimate | null) {
    this.#parts = parts;
    this.#estimate = estimate;
    const made = new Set<string>();
    this.inputs = parts.flatMap((part) => {
      const needed = part.inputMetadata.filter(({ name }) => !made.has(name));
      part.outputNames.forEach((name) => made.add(name));
      return needed.map(describe);
    });
    this.outputs = parts.at(-1)?.outputMetadata.map(describe) ?? [];
  }

  /** @param files - the paths of the parts, in pipeline order */
  static async load(files: readonly string[]): Promise<ServedModel> {
    const parts: InferenceSession[] = [];
    try {
      // What goes wrong is told to who asked; the log is for what nobody asked for.
      for (const file of files) parts.push(await Session.create(file, { logSeverityLevel: 4 }));
      const bytes = await Promise.all(files.map((file) => readFile(file)));
      return new ServedModel(parts, RunEstimate.of(bytes));
    } catch (error) {
      await Promise.all(parts.map((part) => part.release()));
      throw error;
    }
  }

  /**
   * One inference: the named outputs.
   *
   * @param mostActivations - how many bytes the tensors of the run may take at a time, where that can be told
   * @throws ProtocolError 400 where the inputs are not those of the model, or it cannot run on them
   */
  async run(
    inputs: readonly RequestedInput[],
    outputs: readonly string[],
    mostActivations: number,
  ): Promise<Map<string, Tensor>> {
    this.#check(inputs);
    this.#estimate?.require(inputs, mostActivations);
    for (const name of outputs) {
      if (!this.outputs.some((output) => output.name === name)) {
        throw new ProtocolError(400, `The model has no output '${name}'.`);
      }
    }

    const values = new Map<string, OnnxValue>(inputs.map((input) => [input.name, tensorOf(input)]));
    const running = this.#last.then(() => this.#runParts(values));
    this.#last = running.catch(() => undefined);
    await running;
    return new Map(outputs.map((name) => [name, values.get(name) as Tensor]));
  }

  async release(): Promise<void> {
    await this.#last;
    await Promise.all(this.#parts.map((part) => part.release()));
  }

  async #runParts(values: Map<string, OnnxValue>): Promise<void> {
    for (const part of this.#parts) {
      const feeds = Object.fromEntries(part.inputNames.map((name) => [name, values.get(name)!]));
      const made = await part.run(feeds).catch((error: unknown) => {
        throw new ProtocolError(400, `The model could not run on these inputs: ${messageOf(error)}`);
      });
      for (const [name, value] of Object.entries(made)) values.set(name, value);
    }
  }

  #check(inputs: readonly RequestedInput[]): void {
    for (const { name, datatype, shape } of inputs) {
      const declared = this.inputs.find((input) => input.name === name);
      if (declared === undefined) throw new ProtocolError(400, `The model has no input '${name}'.`);
      if (datatype.name !== declared.datatype) {
        throw new ProtocolError(400, `Input '${name}' is ${declared.datatype}, not ${datatype.name}.`);
      }
      const fits =
        shape.length === declared.shape.length &&
        declared.shape.every((dimension, axis) => dimension === -1 || dimension === shape[axis]);
      if (!fits) {
        throw new ProtocolError(
          400,
          `Input '${name}' has shape [${declared.shape.join(", ")}], where -1 is any size, not [${shape.join(", ")}].`,
        );
      }
    }
    const given = new Set(inputs.map(({ name }) => name));
    const missing = this.inputs.filter(({ name }) => !given.has(name)).map(({ name }) => `'${name}'`);
    if (missing.length > 0) throw new ProtocolError(400, `The model also needs ${missing.join(", ")}.`);
  }
}

function tensorOf({ datatype, shape, elements }: RequestedInput): Tensor {
  if (!(elements instanceof Float16Array)) {
    return new Tensor(datatype.tensorType, elements as Float32Array, shape);
  }
  // NB: onnxruntime-node 1.30 finds no bytes in a Float16Array; the same bits as 16-bit integers it takes.
  const bits = new Uint16Array(elements.buffer, elements.byteOffset, elements.length);
  return Object.assign(new Tensor("uint16", bits, shape), { type: datatype.tensorType });
}

function describe(metadata: InferenceSession.ValueMetadata): TensorMetadata {
  const { name } = metadata;
  if (!metadata.isTensor) return { name, datatype: "", shape: [] };
  const shape = metadata.shape.map((dimension) => (isFixed(dimension) ? dimension : -1));
  return { name, datatype: datatypeOfTensor(metadata.type)?.name ?? metadata.type, shape };
}

/** A dimension without a size has a name, or an empty one; some builds give it the largest 32-bit number. */
function isFixed(dimension: number | string): dimension is number {
  return typeof dimension === "number" && dimension >= 0 && dimension < 2 ** 32 - 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
