/** Speakers for the texts beside an answer's content: refusals, reasoning, transcripts, and the arguments of every kind of call. */
import { formatFor } from "../../src/formats/mod.ts";
import {
  anthropicStream,
  argumentFragments,
  chatChunk,
  found,
  joined,
  type Json,
  payloadsOf,
  readArguments,
  response,
  type Speaker,
  sse,
} from "./speakers.ts";

/** One text of a chat message; a stop says its message as content. */
function chatText(name: string, put: (text: string) => Json, get: (message: Json) => string | null | undefined): Speaker {
  return {
    name: `openai-chat ${name}`,
    format: formatFor("openai-chat"),
    json: false,
    speak: (pieces) => [...pieces.map((text) => chatChunk(put(text))), chatChunk({}, "stop"), "data: [DONE]\n\n"].join(""),
    hear: (bytes) => {
      const choices = payloadsOf(bytes).flatMap((each) => each.choices);
      return {
        text: joined(choices.map(({ delta }) => get(delta))) + joined(choices.map(({ delta }) => delta.content)),
        finish: found(choices.map((choice) => choice.finish_reason)),
        repeats: [],
      };
    },
    whole: {
      say: (text) =>
        JSON.stringify({
          id: "c",
          choices: [{ index: 0, message: { role: "assistant", content: null, ...put(text) }, finish_reason: "stop" }],
        }),
      hear: (body) => {
        const [{ message, finish_reason }] = JSON.parse(body).choices;
        return { text: joined([get(message), message.content]), finish: finish_reason, repeats: [] };
      },
    },
  };
}

const legacyFunction: Speaker = {
  name: "openai-chat function_call arguments",
  format: formatFor("openai-chat"),
  json: true,
  speak: (pieces) =>
    [
      chatChunk({ role: "assistant", content: null, function_call: { name: "save", arguments: "" } }),
      ...argumentFragments(pieces).map((fragment) => chatChunk({ function_call: { arguments: fragment } })),
      chatChunk({}, "function_call"),
      "data: [DONE]\n\n",
    ].join(""),
  hear: (bytes) => {
    const choices = payloadsOf(bytes).flatMap((each) => each.choices);
    return {
      text: readArguments(joined(choices.map(({ delta }) => delta.function_call?.arguments))),
      finish: found(choices.map((choice) => choice.finish_reason)),
      repeats: [],
    };
  },
};

/** An item of the Responses API: how its text is opened, continued and repeated. */
interface ItemShape {
  readonly name: string;
  readonly json?: boolean;
  readonly item: (text: string, status: string) => Json;
  /** Between the item's `added` and its deltas, and between them and its `done`. */
  readonly opens?: (at: Json) => [string, Json][];
  readonly closes?: (at: Json, text: string) => [string, Json][];
  readonly delta: string;
  readonly done: (text: string) => Json;
  readonly index?: string;
  readonly read: (item: Json) => string | undefined;
}

function responsesItem({ name, json = false, item, opens, closes, delta, done, index, read }: ItemShape): Speaker {
  const understood = (text: string) => json ? readArguments(text) : text;
  return {
    name: `openai-responses ${name}`,
    format: formatFor("openai-responses"),
    json,
    speak: (pieces) => {
      let number = 0;
      const event = (type: string, fields: Json) => sse({ type, sequence_number: number++, ...fields }, type);
      const fragments = json ? argumentFragments(pieces) : pieces;
      const text = fragments.join("");
      const at = { item_id: "it", output_index: 0, ...(index !== undefined && { [index]: 0 }) };
      return [
        event("response.created", { response: response("in_progress", []) }),
        event("response.output_item.added", { output_index: 0, item: item("", "in_progress") }),
        ...(opens?.(at) ?? []).map(([type, fields]) => event(type, fields)),
        ...fragments.map((fragment) => event(`${delta}.delta`, { ...at, delta: fragment })),
        event(`${delta}.done`, { ...at, ...done(text) }),
        ...(closes?.(at, text) ?? []).map(([type, fields]) => event(type, fields)),
        event("response.output_item.done", { output_index: 0, item: item(text, "completed") }),
        event("response.completed", { response: response("completed", [item(text, "completed")], { input_tokens: 1, output_tokens: 2 }) }),
      ].join("");
    },
    hear: (bytes) => {
      const events = payloadsOf(bytes);
      const of = (type: string) => events.filter((each) => each.type === type);
      const last = events.find((each) => /^response\.(completed|incomplete)$/.test(each.type));
      const items = [...of("response.output_item.done").map((each) => each.item), ...(last?.response.output ?? [])];
      const texts = [
        ...of(`${delta}.done`).map((each) => each.text ?? each.arguments ?? each.input ?? each.refusal),
        ...items.map(read).filter((text) => text !== undefined),
      ];
      return {
        text: understood(joined(of(`${delta}.delta`).map((each) => each.delta))),
        finish: last?.response.status === "incomplete" ? last.response.incomplete_details.reason : last?.response.status,
        repeats: texts.map(understood),
      };
    },
    whole: {
      say: (text) => JSON.stringify(response("completed", [item(json ? JSON.stringify({ note: text, n: 1 }) : text, "completed")])),
      hear: (body) => {
        const answer = JSON.parse(body);
        return {
          text: understood(joined(answer.output.map(read))),
          finish: answer.status === "incomplete" ? answer.incomplete_details.reason : answer.status,
          repeats: [],
        };
      },
    },
  };
}

const responsesCall = responsesItem({
  name: "function-call arguments",
  json: true,
  item: (args, status) => ({ id: "it", type: "function_call", call_id: "call", name: "save", arguments: args, status }),
  delta: "response.function_call_arguments",
  done: (args) => ({ arguments: args }),
  read: (item) => item.arguments,
});

const responsesCustomTool = responsesItem({
  name: "custom tool input",
  item: (input, status) => ({ id: "it", type: "custom_tool_call", call_id: "call", name: "save", input, status }),
  delta: "response.custom_tool_call_input",
  done: (input) => ({ input }),
  read: (item) => item.input,
});

const responsesSummary = responsesItem({
  name: "reasoning summary",
  item: (text, status) => ({ id: "it", type: "reasoning", summary: status === "completed" ? [{ type: "summary_text", text }] : [] }),
  opens: (at) => [["response.reasoning_summary_part.added", { ...at, part: { type: "summary_text", text: "" } }]],
  closes: (at, text) => [["response.reasoning_summary_part.done", { ...at, part: { type: "summary_text", text } }]],
  delta: "response.reasoning_summary_text",
  done: (text) => ({ text }),
  index: "summary_index",
  read: (item) => item.summary?.[0]?.text,
});

const responsesReasoning = responsesItem({
  name: "reasoning text",
  item: (text, status) => ({
    id: "it",
    type: "reasoning",
    status,
    summary: [],
    content: status === "completed" ? [{ type: "reasoning_text", text }] : [],
  }),
  opens: (at) => [["response.content_part.added", { ...at, part: { type: "reasoning_text", text: "" } }]],
  closes: (at, text) => [["response.content_part.done", { ...at, part: { type: "reasoning_text", text } }]],
  delta: "response.reasoning_text",
  done: (text) => ({ text }),
  index: "content_index",
  read: (item) => item.type === "reasoning" ? item.content?.[0]?.text : undefined,
});

const responsesRefusal = responsesItem({
  name: "refusal",
  item: (refusal, status) => ({
    id: "it",
    type: "message",
    role: "assistant",
    status,
    content: status === "completed" ? [{ type: "refusal", refusal }] : [],
  }),
  opens: (at) => [["response.content_part.added", { ...at, part: { type: "refusal", refusal: "" } }]],
  closes: (at, refusal) => [["response.content_part.done", { ...at, part: { type: "refusal", refusal } }]],
  delta: "response.refusal",
  done: (refusal) => ({ refusal }),
  index: "content_index",
  read: (item) => item.content?.[0]?.refusal,
});

const anthropicThinking: Speaker = {
  name: "anthropic-messages thinking",
  format: formatFor("anthropic-messages"),
  json: false,
  speak: (pieces) =>
    anthropicStream({ type: "thinking", thinking: "" }, pieces.map((thinking) => ({ type: "thinking_delta", thinking })), "end_turn"),
  hear: (bytes) => {
    const events = payloadsOf(bytes);
    return {
      text: joined(events.map((each) => each.delta?.thinking)) + joined(events.map((each) => each.delta?.text)),
      finish: found(events.map((each) => each.delta?.stop_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (thinking) =>
      JSON.stringify({
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "thinking", thinking, signature: "" }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    hear: (body) => {
      const answer = JSON.parse(body);
      return { text: joined(answer.content.map((block: Json) => block.thinking ?? block.text)), finish: answer.stop_reason, repeats: [] };
    },
  },
};

/** Every kind of text that is not plain content, in every format that has it. */
export const CHANNEL_SPEAKERS: readonly Speaker[] = [
  chatText("refusal", (refusal) => ({ refusal }), (message) => message.refusal),
  chatText("reasoning_content", (reasoning_content) => ({ reasoning_content }), (message) => message.reasoning_content),
  chatText(
    "reasoning and its details",
    (reasoning) => ({ reasoning, reasoning_details: [{ type: "reasoning.text", text: reasoning }] }),
    (message) => message.reasoning_details?.[0]?.text,
  ),
  chatText("audio transcript", (transcript) => ({ audio: { transcript } }), (message) => message.audio?.transcript),
  chatText(
    "custom tool input",
    (input) => ({ tool_calls: [{ index: 0, id: "t", type: "custom", custom: { name: "save", input } }] }),
    (message) => message.tool_calls?.[0]?.custom?.input,
  ),
  chatText("text that is not known", (musing) => ({ musing }), (message) => message.musing),
  chatText(
    "reasoning that a gateway repeats",
    (reasoning_content) => ({
      reasoning_content,
      provider_specific_fields: { reasoningContentBlocks: [{ reasoningText: { text: reasoning_content } }] },
    }),
    (message) => message.provider_specific_fields?.reasoningContentBlocks[0].reasoningText.text,
  ),
  legacyFunction,
  responsesCall,
  responsesCustomTool,
  responsesSummary,
  responsesReasoning,
  responsesRefusal,
  anthropicThinking,
];
