/**
 * Writes a tiny text-classification model as Hugging Face's exporters would: a word-level tokenizer and an ONNX graph that looks up a
 * pair of numbers per word and adds them up. The protobuf is written by hand (onnx.proto3), so no binary is checked in.
 */
import { join } from "./paths.ts";

const WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "you", "are", "nice", "awful", "terrible"];
const BAD = new Set(["awful", "terrible"]);

/** Makes `folder` a model with the labels `fine` and `rude`. */
export async function writeTinyModel(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(join(folder, "model.onnx"), model());
  await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify({ id2label: { "0": "fine", "1": "rude" }, pad_token_id: 0 }));
  await Deno.writeTextFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer()));
}

function tokenizer() {
  const special = (id: number) => ({
    id,
    content: WORDS[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const token = (id: number) => ({ id: WORDS[id], ids: [id], tokens: [WORDS[id]] });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [0, 1, 2, 3].map(special),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }, {
        SpecialToken: { id: "[SEP]", type_id: 0 },
      }],
      pair: [],
      special_tokens: { "[CLS]": token(2), "[SEP]": token(3) },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
    },
  };
}

const FLOAT = 1, INT64 = 7;

function model(): Uint8Array {
  const table = WORDS.flatMap((word) => BAD.has(word) ? [-4, 4] : word.startsWith("[") ? [0, 0] : [0.5, -0.5]);
  const graph = concat(
    bytes(1, node("Gather", ["table", "input_ids"], "words", "axis", 0)),
    bytes(1, node("ReduceSum", ["words", "axes"], "logits", "keepdims", 0)),
    text(2, "tiny"),
    bytes(5, tensor("table", FLOAT, [WORDS.length, 2], new Uint8Array(new Float32Array(table).buffer))),
    bytes(5, tensor("axes", INT64, [1], new Uint8Array(new BigInt64Array([1n]).buffer))),
    bytes(11, value("input_ids", INT64, ["batch", "length"])),
    bytes(12, value("logits", FLOAT, ["batch", 2])),
  );
  return concat(number(1, 8), bytes(7, graph), bytes(8, number(2, 13)));
}

function node(operator: string, inputs: readonly string[], output: string, attribute: string, setting: number): Uint8Array {
  const INT_ATTRIBUTE = 2;
  return concat(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, operator),
    bytes(5, concat(text(1, attribute), number(3, setting), number(20, INT_ATTRIBUTE))),
  );
}

function tensor(name: string, type: number, shape: readonly number[], raw: Uint8Array): Uint8Array {
  return concat(...shape.map((size) => number(1, size)), number(2, type), text(8, name), bytes(9, raw));
}

function value(name: string, type: number, shape: readonly (number | string)[]): Uint8Array {
  const sizes = shape.map((size) => bytes(1, typeof size === "number" ? number(1, size) : text(2, size)));
  return concat(text(1, name), bytes(2, bytes(1, concat(number(1, type), bytes(2, concat(...sizes))))));
}

function varint(value: number): number[] {
  const out: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push(value % 128 + 128);
  return [...out, value];
}

function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return concat(Uint8Array.from([...varint(field << 3 | 2), ...varint(content.length)]), content);
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(content));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
