/** OpenAI legacy completions. https://platform.openai.com/docs/api-reference/completions */
import { ownAnswer, parseAnswer, rewriteSlots, SlotAnswer, withTexts } from "./answer.ts";
import { countOf, isObject, listOf, textOf } from "./json_value.ts";
import { ChatCodec, type ChunkShape } from "./openai_chat.ts";
import { openaiUsage } from "./openai_fields.ts";
import { RequestError, RequestReader } from "./request.ts";
import { textSlot } from "./slots.ts";
import type { DecodedAnswer, DecodedRequest, StopReason, StreamFormat } from "./types.ts";

const SHAPE: ChunkShape = {
  object: "text_completion",
  choice: (index, delta, finish_reason) => ({ index, text: textOf(delta.content) ?? "", logprobs: null, finish_reason }),
};

function decodeAnswer(body: string): DecodedAnswer {
  const root = parseAnswer(body);
  const slots = listOf(root.choices).flatMap((choice, i) =>
    isObject(choice) && typeof choice.text === "string"
      ? [textSlot(countOf(choice.index) ?? i, "content", choice.text, ["choices", i, "text"])]
      : []
  );
  return new SlotAnswer(body, root, slots, openaiUsage(root.usage));
}

function rewriteAnswer(answer: DecodedAnswer, texts: readonly string[]): string {
  return rewriteSlots(answer, texts, (editor, { paths }) => {
    for (const path of paths) editor.set([...path.slice(0, 2), "logprobs"], null);
  });
}

function stopAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string {
  const own = ownAnswer(answer);
  const root = withTexts(own.root, own.slots, texts);
  if (!isObject(root)) return own.body;
  const choices = listOf(root.choices).map((choice, i) => {
    const reason = isObject(choice) ? stopped.get(countOf(choice.index) ?? i) : undefined;
    if (!isObject(choice) || reason === undefined) return choice;
    return { ...choice, text: (textOf(choice.text) ?? "") + (reason.message ?? ""), logprobs: null, finish_reason: "content_filter" };
  });
  return JSON.stringify({ ...root, choices });
}

/** @throws {RequestError} */
function decodeRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const { root } = reader;
  const model = reader.model();
  const prompt = reader.member(root, "prompt", "");
  if (prompt === undefined) throw new RequestError("prompt", '"prompt" is missing; send a string or a list of strings');
  reader.texts("user", prompt, "prompt");
  reader.text("user", reader.member(root, "suffix", ""), "suffix");
  const usage = reader.member(reader.member(root, "stream_options", ""), "include_usage", "stream_options");
  const maxTokens = reader.count("max_tokens", 0);
  const prompts = prompt.kind === "array" ? Math.max(prompt.items.length, 1) : 1;
  return reader.request({
    model,
    stream: reader.flag("stream"),
    includeUsage: usage?.kind === "boolean" && usage.value === true,
    // Every prompt of a list has its own choices.
    choices: prompts * (reader.count("n", 1) ?? 1),
    ...(maxTokens !== undefined && { maxTokens }),
  });
}

/** OpenAI legacy completions: `POST /v1/completions`. */
export const openaiCompletions: StreamFormat = {
  api: "openai-completions",
  framing: "sse",
  order: "per-channel",
  announcesEnd: true,
  open: (options) => new ChatCodec(options, SHAPE),
  decodeAnswer,
  rewriteAnswer,
  stopAnswer,
  decodeRequest,
};
