/**
 * Token counts where nobody reports them: with OpenAI's own encodings for its models, by a ratio for others. A count costs a few milliseconds
 * at most, whatever the text: long ones are sampled.
 */

/** What a generated answer is assumed to cost at admission when the client sets no maximum; tokens. */
export const ASSUMED_COMPLETION_TOKENS = 256;

/** OpenAI's chat format around each message, and before the answer (its cookbook, "How to count tokens with tiktoken"); tokens. */
const PER_MESSAGE_TOKENS = 4;
const PER_ANSWER_TOKENS = 3;

/**
 * UTF-16 units a token stands for on average: four of English, as providers document it, and one and a half of scripts beyond ASCII (Chinese
 * and Japanese are at 1.4 in OpenAI's encoding, Cyrillic and Arabic at 2 to 3).
 */
const ASCII_CHARS_PER_TOKEN = 4;
const OTHER_CHARS_PER_TOKEN = 1.5;

/** Looked at in a text whose tokens are estimated by the ratio; UTF-16 units. */
const RATIO_SAMPLE_CHARS = 1 << 12;

/**
 * What one count may cost, in ASCII characters; others cost sixteen times as much, since their bytes are merged one by one. Longer texts are
 * counted in evenly spread pieces and scaled: 8192 take 1 ms of prose, and about 10 ms of the worst there is.
 */
const BUDGET = 8192;
const OTHER_COST = 16;

/** A piece is cut before a space where there is one, since no token continues there, and the work per piece grows with its square; UTF-16 units. */
const PIECE_CHARS = 128;

type Encoding = "o200k_base" | "cl100k_base";

/** Text like `<|endoftext|>` in a prompt is text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

type Count = (text: string) => number;
const loaded = new Map<Encoding, Count | "loading">();

/** Tokens of `texts` in `model`. The first text of an encoding is estimated by the ratio, while the encoding is being read. */
export function countTokens(texts: readonly string[], model: string): number {
  const text = texts.length === 1 ? texts[0]! : texts.join("\n");
  if (text === "") return 0;
  const count = counterFor(encodingOf(model));
  return count === undefined ? estimateTokens(text) : sampled(text, count);
}

/** Tokens of a prompt in `model`, what is around each of its messages in a chat included. */
export function countPromptTokens(texts: readonly string[], model: string, chat: boolean): number {
  const around = !chat || encodingOf(model) === undefined ? 0 : texts.length * PER_MESSAGE_TOKENS + PER_ANSWER_TOKENS;
  return countTokens(texts, model) + around;
}

/** Tokens of a text by the ratio; at least 1 for a text that is not empty. */
export function estimateTokens(text: string): number {
  const stride = Math.max(1, Math.ceil(text.length / RATIO_SAMPLE_CHARS));
  let ascii = 0;
  let seen = 0;
  for (let i = 0; i < text.length; i += stride) {
    seen++;
    if (text.charCodeAt(i) < 0x80) ascii++;
  }
  if (seen === 0) return 0;
  const share = ascii / seen;
  return Math.ceil(text.length * (share / ASCII_CHARS_PER_TOKEN + (1 - share) / OTHER_CHARS_PER_TOKEN));
}

/** Reads the encoding of `model` now, so that the next count is exact. Takes 150 ms of processor time, once per encoding. */
export async function loadEncoding(model: string): Promise<void> {
  const encoding = encodingOf(model);
  if (encoding !== undefined) await load(encoding);
}

/** The encoding of an OpenAI model; undefined for all others. */
function encodingOf(model: string): Encoding | undefined {
  // Providers put a path before the name (`openai/gpt-4o`), fine-tuning a prefix (`ft:gpt-4o:acme`).
  const name = model.slice(model.lastIndexOf("/") + 1).replace(/^ft:/, "");
  if (/^(?:gpt-4o|gpt-4\.[15]|gpt-[5-9]|gpt-oss|chatgpt-|o[134](?:-|$)|codex-|omni-)/.test(name)) return "o200k_base";
  if (/^(?:gpt-4|gpt-3\.5|gpt-35|text-embedding-(?:3|ada-002))/.test(name)) return "cl100k_base";
  return undefined;
}

function counterFor(encoding: Encoding | undefined): Count | undefined {
  if (encoding === undefined) return undefined;
  const found = loaded.get(encoding);
  if (found === undefined) void load(encoding);
  return typeof found === "function" ? found : undefined;
}

async function load(encoding: Encoding): Promise<void> {
  if (loaded.has(encoding)) return;
  loaded.set(encoding, "loading");
  // Literal names, so that the compiled program carries both.
  const read = encoding === "o200k_base"
    ? await import("gpt-tokenizer/encoding/o200k_base")
    : await import("gpt-tokenizer/encoding/cl100k_base");
  // Words seen before are counted at once; the default of 100,000 of them is more memory than it is worth.
  read.setMergeCacheSize(10_000);
  loaded.set(encoding, (text) => read.countTokens(text, AS_TEXT));
}

function sampled(text: string, count: Count): number {
  const all = costOf(text);
  if (all <= BUDGET) return counted(text, 0, text.length, count);
  // Pieces spread over the whole text, as many as the budget pays.
  const pieces = Math.max(1, Math.floor((BUDGET / all) * (text.length / PIECE_CHARS)));
  const stride = text.length / pieces;
  let tokens = 0;
  let chars = 0;
  for (let i = 0; i < pieces; i++) {
    const from = Math.floor(i * stride);
    const to = pieceEnd(text, from, text.length);
    tokens += count(text.slice(from, to));
    chars += to - from;
  }
  return Math.ceil((tokens / chars) * text.length);
}

function counted(text: string, from: number, to: number, count: Count): number {
  let tokens = 0;
  for (let at = from; at < to;) {
    const end = pieceEnd(text, at, to);
    tokens += count(text.slice(at, end));
    at = end;
  }
  return tokens;
}

function pieceEnd(text: string, from: number, to: number): number {
  if (to - from <= PIECE_CHARS) return to;
  // Within the piece: without a space the search would go back to the beginning of the text.
  const space = text.slice(from, from + PIECE_CHARS).lastIndexOf(" ");
  return from + (space > PIECE_CHARS / 2 ? space : PIECE_CHARS);
}

/** In ASCII characters; a long text by a sample. */
function costOf(text: string): number {
  const stride = Math.max(1, Math.ceil(text.length / RATIO_SAMPLE_CHARS));
  let cost = 0;
  for (let i = 0; i < text.length; i += stride) cost += text.charCodeAt(i) < 0x80 ? 1 : OTHER_COST;
  return cost * stride;
}

/** Kept of an answer to count its tokens by, should nobody report them; UTF-16 units. */
const KEPT_CHARS = 1 << 15;

/** The text of an answer as it grows, for its tokens where the backend does not say. What goes beyond 32,768 UTF-16 units counts like the rest. */
export class AnswerTokens {
  chars = 0;
  #kept = "";

  push(text: string): void {
    this.chars += text.length;
    if (this.#kept.length < KEPT_CHARS) this.#kept += text;
  }

  /** Tokens in `model`; by the ratio when `model` is "". */
  count(model: string): number {
    return this.chars === 0 ? 0 : Math.ceil((countTokens([this.#kept], model) * this.chars) / this.#kept.length);
  }
}
