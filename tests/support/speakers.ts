/**
 * How a model says a text in each wire format, and what a client hears: the same text in every format, so that one property
 * covers them all. Shapes from the providers' API references.
 */
import { customFormat, formatFor } from "../../src/formats/mod.ts";
import type { StreamFormat } from "../../src/formats/types.ts";

/** What a client makes of a stream or a whole answer. */
export interface Heard {
  readonly text: string;
  readonly finish: string | undefined;
  /** Other places that repeat the text (Responses: `*.done` and the final object); each must equal `text`. */
  readonly repeats: readonly string[];
}

export interface Speaker {
  readonly name: string;
  readonly format: StreamFormat;
  /** The text is the value of a JSON member of tool arguments. */
  readonly json: boolean;
  /** A stream that says `pieces`. */
  readonly speak: (pieces: readonly string[]) => string;
  readonly hear: (bytes: string) => Heard;
  /** The same text as one answer; undefined for formats that only stream. */
  readonly whole?: { readonly say: (text: string) => string; readonly hear: (body: string) => Heard };
}

/** What a client reads from the wire has whatever shape the provider gave it. */
export type Json = ReturnType<typeof JSON.parse>;

/** A server-sent event. */
export const sse = (data: unknown, event?: string) => `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

/** The payloads of server-sent events, parsed; `[DONE]` left out. */
export function payloadsOf(bytes: string): Json[] {
  return bytes.split(/\r\n|\r|\n/).filter((line) => line.startsWith("data: ")).map((line) => line.slice(6))
    .filter((data) => data.startsWith("{")).map((data) => JSON.parse(data));
}

/** Texts in a row; what is missing says nothing. */
export const joined = (parts: readonly (string | null | undefined)[]) => parts.map((part) => part ?? "").join("");
/** The first that is there. */
export const found = <T>(list: readonly (T | null | undefined)[]): T | undefined =>
  list.find((each) => each !== null && each !== undefined) ?? undefined;

/** A chat event of choice 0. */
export function chatChunk(delta: unknown, finish: string | null = null): string {
  return sse({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
}

const chat: Speaker = {
  name: "openai-chat",
  format: formatFor("openai-chat"),
  json: false,
  speak: (pieces) =>
    [
      chatChunk({ role: "assistant", content: "" }),
      ...pieces.map((content) => chatChunk({ content })),
      chatChunk({}, "stop"),
      "data: [DONE]\n\n",
    ].join(""),
  hear: (bytes) => {
    const chunks = payloadsOf(bytes);
    return {
      text: joined(chunks.map((each) => each.choices?.[0]?.delta?.content)),
      finish: found(chunks.map((each) => each.choices?.[0]?.finish_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (content) =>
      JSON.stringify({
        id: "c",
        object: "chat.completion",
        model: "m",
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
      }),
    hear: (body) => {
      const [choice] = JSON.parse(body).choices;
      return { text: choice.message.content ?? "", finish: choice.finish_reason, repeats: [] };
    },
  },
};

/**
 * The JSON text of an argument in fragments: cut where the pieces end, so that fragments cut escapes as models do; and, depending on
 * how many pieces there are, with the document's own beginning and end in the same fragments, or cut regardless of what stands there.
 */
export function argumentFragments(pieces: readonly string[]): string[] {
  const inner = pieces.map((piece) => JSON.stringify(piece).slice(1, -1));
  const [head, tail] = ['{"note":"', '","n":1}'];
  switch (pieces.length % 3) {
    case 1:
      return [head, ...inner, tail];
    case 2:
      return [head + inner[0]!, ...inner.slice(1, -1), inner.at(-1)! + tail];
    default:
      return `${head}${inner.join("")}${tail}`.match(/[^]{1,5}/g)!;
  }
}

/** Marks arguments that are no JSON, as a stop in their middle leaves them. */
export const CUT = "cut: ";

/** Arguments as a tool would read them, whatever escapes they were written with. */
export function readArguments(args: string): string {
  if (args === "") return "";
  try {
    return JSON.stringify(JSON.parse(args));
  } catch {
    // Half a surrogate pair is written as an escape, so the two ways to write a pair are made one.
    return CUT + args.replace(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  }
}

const chatTool: Speaker = {
  name: "openai-chat tool arguments",
  format: formatFor("openai-chat"),
  json: true,
  speak: (pieces) => {
    const call = (fields: unknown) => chatChunk({ tool_calls: [fields] });
    return [
      call({ index: 0, id: "t", type: "function", function: { name: "save", arguments: "" } }),
      ...argumentFragments(pieces).map((fragment) => call({ index: 0, function: { arguments: fragment } })),
      chatChunk({}, "tool_calls"),
      "data: [DONE]\n\n",
    ].join("");
  },
  hear: (bytes) => {
    const chunks = payloadsOf(bytes);
    return {
      text: readArguments(
        joined(chunks.flatMap((each) => each.choices?.[0]?.delta?.tool_calls ?? []).map((call) => call.function?.arguments)),
      ),
      finish: found(chunks.map((each) => each.choices?.[0]?.finish_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (note) =>
      JSON.stringify({
        id: "c",
        object: "chat.completion",
        model: "m",
        choices: [{
          index: 0,
          message: {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "t", type: "function", function: { name: "save", arguments: JSON.stringify({ note, n: 1 }) } }],
          },
          finish_reason: "tool_calls",
        }],
      }),
    hear: (body) => {
      const [choice] = JSON.parse(body).choices;
      return {
        text: readArguments(choice.message.tool_calls?.[0]?.function.arguments ?? ""),
        finish: choice.finish_reason,
        repeats: [],
      };
    },
  },
};

const completions: Speaker = {
  name: "openai-completions",
  format: formatFor("openai-completions"),
  json: false,
  speak: (pieces) => {
    const chunk = (text: string, finish: string | null = null) =>
      sse({ id: "c", object: "text_completion", model: "m", choices: [{ index: 0, text, logprobs: null, finish_reason: finish }] });
    return [...pieces.map((text) => chunk(text)), chunk("", "stop"), "data: [DONE]\n\n"].join("");
  },
  hear: (bytes) => {
    const chunks = payloadsOf(bytes);
    return {
      text: joined(chunks.map((each) => each.choices?.[0]?.text)),
      finish: found(chunks.map((each) => each.choices?.[0]?.finish_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (text) =>
      JSON.stringify({
        id: "c",
        object: "text_completion",
        model: "m",
        choices: [{ index: 0, text, logprobs: null, finish_reason: "stop" }],
      }),
    hear: (body) => {
      const [choice] = JSON.parse(body).choices;
      return { text: choice.text, finish: choice.finish_reason, repeats: [] };
    },
  },
};

const part = (text: string) => ({ type: "output_text", text, annotations: [] });
const message = (text: string, status = "completed") => ({ id: "msg", type: "message", status, role: "assistant", content: [part(text)] });
/** A response object of the Responses API. */
export const response = (status: string, output: readonly unknown[], usage: unknown = null) => ({
  id: "resp",
  object: "response",
  status,
  model: "m",
  output,
  incomplete_details: null,
  error: null,
  usage,
});

const responses: Speaker = {
  name: "openai-responses",
  format: formatFor("openai-responses"),
  json: false,
  speak: (pieces) => {
    let number = 0;
    const event = (type: string, fields: object) => sse({ type, sequence_number: number++, ...fields }, type);
    const text = pieces.join("");
    const at = { item_id: "msg", output_index: 0, content_index: 0 };
    return [
      event("response.created", { response: response("in_progress", []) }),
      event("response.output_item.added", {
        output_index: 0,
        item: { id: "msg", type: "message", status: "in_progress", role: "assistant", content: [] },
      }),
      event("response.content_part.added", { ...at, part: part("") }),
      ...pieces.map((delta) => event("response.output_text.delta", { ...at, delta })),
      event("response.output_text.done", { ...at, text }),
      event("response.content_part.done", { ...at, part: part(text) }),
      event("response.output_item.done", { output_index: 0, item: message(text) }),
      event("response.completed", {
        response: response("completed", [message(text)], { input_tokens: 1, output_tokens: 2, total_tokens: 3 }),
      }),
    ].join("");
  },
  hear: (bytes) => {
    const events = payloadsOf(bytes);
    const of = (type: string) => events.filter((each) => each.type === type);
    const last = events.find((each) => /^response\.(completed|incomplete)$/.test(each.type));
    return {
      text: joined(of("response.output_text.delta").map(({ delta }) => delta)),
      finish: last?.response.status === "incomplete" ? last.response.incomplete_details.reason : last?.response.status,
      repeats: [
        ...of("response.output_text.done").map(({ text }) => text),
        ...of("response.content_part.done").map((each) => each.part.text),
        ...of("response.output_item.done").map(({ item }) => joined(item.content.map((each: Json) => each.text))),
        ...(last === undefined ? [] : [joined(last.response.output.flatMap((item: Json) => item.content.map((each: Json) => each.text)))]),
      ],
    };
  },
  whole: {
    say: (text) => JSON.stringify(response("completed", [message(text)], { input_tokens: 1, output_tokens: 2, total_tokens: 3 })),
    hear: (body) => {
      const answer = JSON.parse(body);
      return {
        text: joined(answer.output.flatMap((item: Json) => item.content.map((each: Json) => each.text))),
        finish: answer.status === "incomplete" ? answer.incomplete_details.reason : answer.status,
        repeats: [],
      };
    },
  },
};

const anthropicEvent = (type: string, fields: object) => sse({ type, ...fields }, type);

/** A message of one block. */
export function anthropicStream(block: unknown, deltas: readonly unknown[], stopReason: string): string {
  return [
    anthropicEvent("message_start", {
      message: { id: "m", type: "message", role: "assistant", content: [], model: "m", usage: { input_tokens: 1, output_tokens: 1 } },
    }),
    anthropicEvent("content_block_start", { index: 0, content_block: block }),
    ...deltas.map((delta) => anthropicEvent("content_block_delta", { index: 0, delta })),
    anthropicEvent("content_block_stop", { index: 0 }),
    anthropicEvent("message_delta", { delta: { stop_reason: stopReason }, usage: { output_tokens: 5 } }),
    anthropicEvent("message_stop", {}),
  ].join("");
}

const anthropic: Speaker = {
  name: "anthropic-messages",
  format: formatFor("anthropic-messages"),
  json: false,
  speak: (pieces) => anthropicStream({ type: "text", text: "" }, pieces.map((text) => ({ type: "text_delta", text })), "end_turn"),
  hear: (bytes) => {
    const events = payloadsOf(bytes);
    return {
      text: joined(events.map((each) => each.delta?.text ?? each.content_block?.text)),
      finish: found(events.map((each) => each.delta?.stop_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (text) =>
      JSON.stringify({
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "text", text }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    hear: (body) => {
      const answer = JSON.parse(body);
      return { text: joined(answer.content.map((block: Json) => block.text)), finish: answer.stop_reason, repeats: [] };
    },
  },
};

const anthropicTool: Speaker = {
  name: "anthropic-messages tool input",
  format: formatFor("anthropic-messages"),
  json: true,
  speak: (pieces) =>
    anthropicStream(
      { type: "tool_use", id: "t", name: "save", input: {} },
      argumentFragments(pieces).map((partial_json) => ({ type: "input_json_delta", partial_json })),
      "tool_use",
    ),
  hear: (bytes) => {
    const events = payloadsOf(bytes);
    return {
      text: readArguments(joined(events.map((each) => each.delta?.partial_json))),
      finish: found(events.map((each) => each.delta?.stop_reason)),
      repeats: [],
    };
  },
  whole: {
    say: (note) =>
      JSON.stringify({
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "tool_use", id: "t", name: "save", input: { note, n: 1 } }],
        stop_reason: "tool_use",
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    hear: (body) => {
      const answer = JSON.parse(body);
      const call = answer.content.find((block: Json) => block.type === "tool_use");
      return { text: call === undefined ? "" : JSON.stringify(call.input), finish: answer.stop_reason, repeats: [] };
    },
  },
};

const customSse: Speaker = {
  name: "custom, server-sent events",
  format: customFormat({ contentPath: "$.out[0].text", finishPath: "$.end", doneMarker: "<END>" }, "sse"),
  json: false,
  speak: (pieces) => [...pieces.map((text) => sse({ id: 7, out: [{ text }] })), sse({ end: "stop" }), "data: <END>\n\n"].join(""),
  hear: (bytes) => {
    const events = payloadsOf(bytes);
    return { text: joined(events.map((each) => each.out?.[0]?.text)), finish: found(events.map((each) => each.end)), repeats: [] };
  },
  whole: {
    say: (text) => JSON.stringify({ id: 7, out: [{ text }], end: "stop" }),
    hear: (body) => {
      const answer = JSON.parse(body);
      return { text: answer.out[0].text, finish: answer.end, repeats: [] };
    },
  },
};

const customLines: Speaker = {
  name: "custom, newline-delimited JSON",
  format: customFormat({ contentPath: "$.message.content", finishPath: "$.done" }, "ndjson"),
  json: false,
  speak: (pieces) =>
    [...pieces.map((content) => ({ message: { role: "assistant", content }, done: false })), { message: { content: "" }, done: true }]
      .map((line) => JSON.stringify(line) + "\n").join(""),
  hear: (bytes) => {
    const lines: Json[] = bytes.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    return {
      text: joined(lines.map((line) => line.message?.content)),
      finish: lines.some((line) => line.done === true) ? "done" : undefined,
      repeats: [],
    };
  },
  whole: {
    say: (content) => JSON.stringify({ message: { role: "assistant", content }, done: true }),
    hear: (body) => {
      const answer = JSON.parse(body);
      return { text: answer.message.content, finish: answer.done ? "done" : undefined, repeats: [] };
    },
  },
};

/** Every format, and tool arguments in those that have them. */
export const SPEAKERS: readonly Speaker[] = [
  chat,
  chatTool,
  completions,
  responses,
  anthropic,
  anthropicTool,
  customSse,
  customLines,
];
