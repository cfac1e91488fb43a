import { writeOnnxModel } from "../../apps/cli/onnx/model-file.ts";
import {
  constantTensor,
  DataType,
  onnxModel,
  operator,
  tensorDeclaration,
} from "../../apps/cli/onnx/onnx-parts.ts";

/** An encoder of one layer of attention, as small as transformers.js takes for a BERT; most of its bytes are embeddings. */

const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "models", "stay", "here", "hello", "world"];
const width = 256;
const countOfWords = 16384;

/** The ids of "Hello world": what the tokenizer makes of it. */
export const idsOfHelloWorld = [2, 8, 9, 3];

/** Numbers between -0.5 and 0.5, the same every time. */
function someNumbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(count);
  let state = seed;
  for (let at = 0; at < count; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    numbers[at] = state / 2 ** 32 - 0.5;
  }
  return numbers;
}

const sequence = ["batch", "sequence"];

function model(): Uint8Array {
  const matrix = (name: string, seed: number) =>
    constantTensor(name, DataType.FLOAT, [width, width], someNumbers(width * width, seed));
  const scalar = (name: string, value: number) =>
    constantTensor(name, DataType.FLOAT, [], Float32Array.of(value));
  return writeOnnxModel(
    onnxModel({
      name: "tiny-bert",
      operatorSet: 17,
      operators: [
        operator("Gather", ["embeddings", "input_ids"], ["embedded"]),
        operator("MatMul", ["embedded", "query"], ["queries"]),
        operator("MatMul", ["embedded", "key"], ["keys"]),
        operator("MatMul", ["embedded", "value"], ["values"]),
        operator("Transpose", ["keys"], ["turned"], { perm: [0n, 2n, 1n] }),
        operator("MatMul", ["queries", "turned"], ["products"]),
        operator("Mul", ["products", "scale"], ["scores"]),
        // What the mask leaves out weighs nothing.
        operator("Cast", ["attention_mask"], ["kept"], { to: 1n }),
        operator("Sub", ["kept", "one"], ["left-out"]),
        operator("Mul", ["left-out", "much"], ["penalty"]),
        operator("Unsqueeze", ["penalty", "axis"], ["penalties"]),
        operator("Add", ["scores", "penalties"], ["masked"]),
        operator("Softmax", ["masked"], ["weights"], { axis: -1n }),
        operator("MatMul", ["weights", "values"], ["attended"]),
        operator("Add", ["embedded", "attended"], ["last_hidden_state"]),
      ],
      constants: [
        constantTensor(
          "embeddings",
          DataType.FLOAT,
          [countOfWords, width],
          someNumbers(countOfWords * width, 1),
        ),
        matrix("query", 2),
        matrix("key", 3),
        matrix("value", 4),
        scalar("scale", 1 / Math.sqrt(width)),
        scalar("one", 1),
        scalar("much", 10000),
        constantTensor("axis", DataType.INT64, [1], BigInt64Array.of(1n)),
      ],
      inputs: ["input_ids", "attention_mask", "token_type_ids"].map((name) =>
        tensorDeclaration(name, DataType.INT64, sequence),
      ),
      outputs: [tensorDeclaration("last_hidden_state", DataType.FLOAT, [...sequence, width])],
    }),
  );
}

const special = (id: number) => ({
  id,
  content: words[id],
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const tokenizer = {
  version: "1.0",
  added_tokens: [0, 1, 2, 3, 4].map(special),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
};

const config = {
  architectures: ["BertModel"],
  model_type: "bert",
  hidden_size: width,
  num_attention_heads: 1,
  num_hidden_layers: 1,
  vocab_size: countOfWords,
};

const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));

/** The files of the repository, by their path. */
export function filesOfTinyBert(): Readonly<Record<string, Uint8Array>> {
  return {
    "config.json": json(config),
    "tokenizer.json": json(tokenizer),
    "tokenizer_config.json": json({ tokenizer_class: "BertTokenizer", model_max_length: 512 }),
    "onnx/model.onnx": model(),
  };
}
