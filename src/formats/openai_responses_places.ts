/** Where text stands in the events and items of the OpenAI Responses API. https://platform.openai.com/docs/api-reference/responses-streaming */
import type { JsonPath } from "./json_nodes.ts";
import { countOf, isObject, type JsonObject, listOf, textOf } from "./json_value.ts";
import { type SideText, sideTexts } from "./side_texts.ts";
import type { Channel } from "./types.ts";

/** A text in an event. `delta` continues the text `key` names; the others say all of it that there is so far. */
export interface Place {
  readonly kind: "delta" | "whole";
  /** The same for every event that speaks of this text: output index, what it is, index within the item. */
  readonly key: string;
  readonly channel: Channel;
  readonly json: boolean;
  readonly text: string;
  readonly path: JsonPath;
  /** The text is complete with this event. */
  readonly ends: boolean;
}

interface TextKind {
  /** The `done` event's member with the whole text. */
  readonly whole: string;
  readonly index?: "content_index" | "summary_index" | "command_index";
  readonly channel: "content" | "reasoning" | "refusal" | "tool" | `extra:${string}`;
  readonly json?: boolean;
}

/** What stands between `response.` and `.delta` or `.done`. */
const KINDS: Readonly<Record<string, TextKind>> = {
  "output_text": { whole: "text", index: "content_index", channel: "content" },
  "refusal": { whole: "refusal", index: "content_index", channel: "refusal" },
  "reasoning_text": { whole: "text", index: "content_index", channel: "reasoning" },
  "reasoning_summary_text": { whole: "text", index: "summary_index", channel: "reasoning" },
  "function_call_arguments": { whole: "arguments", channel: "tool", json: true },
  "mcp_call_arguments": { whole: "arguments", channel: "tool", json: true },
  "mcp_call.arguments": { whole: "arguments", channel: "tool", json: true },
  "custom_tool_call_input": { whole: "input", channel: "tool" },
  "code_interpreter_call_code": { whole: "code", channel: "tool" },
  "code_interpreter_call.code": { whole: "code", channel: "tool" },
  "shell_call_command": { whole: "command", index: "command_index", channel: "tool" },
  "audio.transcript": { whole: "transcript", channel: "content" },
  "apply_patch_call_operation_diff": { whole: "diff", channel: "tool" },
};

/** `delta` events whose payload is no text. */
const NO_TEXT = ["audio", "image_generation_call.partial_image"];

/** Members in which a `done` event of a kind we do not know may have its text. */
const WHOLES = ["text", "content", "transcript", "summary", "arguments", "input", "code", "diff", "output"];

const EVENT = /^response\.(.+)\.(delta|done|added)$/;

/** Every text of one event. */
export function placesOf(payload: JsonObject): Place[] {
  const type = textOf(payload.type) ?? "";
  const output = countOf(payload.output_index) ?? 0;
  if (isObject(payload.response)) {
    return listOf(payload.response.output).flatMap((item, i) => itemPlaces(item, i, ["response", "output", i], true));
  }
  const match = EVENT.exec(type);
  if (match === null) return type === "error" ? [] : eventPlaces(payload, output);
  if (isObject(payload.annotation)) {
    const index = countOf(payload.annotation_index) ?? 0;
    return annotationPlaces(payload.annotation, output, countOf(payload.content_index) ?? 0, index, ["annotation"]);
  }
  const [, name = "", phase] = match;
  const ends = phase === "done";
  if (name === "output_item") return itemPlaces(payload.item, output, ["item"], ends);
  if (name === "content_part") return partPlaces(payload.part, output, countOf(payload.content_index) ?? 0, ["part"], ends);
  if (name === "reasoning_summary_part") {
    const text = isObject(payload.part) ? textOf(payload.part.text) : undefined;
    return text === undefined
      ? []
      : [whole(output, "summary", countOf(payload.summary_index) ?? 0, "reasoning", text, ["part", "text"], ends)];
  }
  if (name === "shell_call_output_content") return shellOutputPlaces(payload, output, phase === "delta");
  const kind = KINDS[name] ?? unknownKind(name, payload);
  const member = phase === "delta" ? "delta" : kind?.whole;
  const text = member === undefined ? undefined : textOf(payload[member]);
  if (kind === undefined || member === undefined) return [];
  if (text === undefined) return eventPlaces(payload, output);
  const index = kind.index === undefined ? 0 : countOf(payload[kind.index]) ?? 0;
  return [{
    kind: phase === "delta" ? "delta" : "whole",
    key: keyOf(output, name === "output_text" ? "text" : NAMES[name] ?? name, index),
    channel: kind.channel === "tool" ? `tool:${output}` : kind.channel,
    json: kind.json ?? false,
    text,
    path: [member],
    ends,
  }];
}

/** The last step of a key; texts of different kinds in one item never share it. */
const NAMES: Readonly<Record<string, string>> = {
  "refusal": "refusal",
  "reasoning_text": "reasoning",
  "reasoning_summary_text": "summary",
  "function_call_arguments": "arguments",
  "mcp_call_arguments": "arguments",
  "mcp_call.arguments": "arguments",
  "custom_tool_call_input": "input",
  "code_interpreter_call_code": "code",
  "code_interpreter_call.code": "code",
  "shell_call_command": "command",
  "audio.transcript": "transcript",
  "apply_patch_call_operation_diff": "diff",
};

/** A kind of text to come: guarded like one we know. */
function unknownKind(name: string, payload: JsonObject): TextKind | undefined {
  if (NO_TEXT.includes(name)) return undefined;
  const whole = WHOLES.find((member) => typeof payload[member] === "string") ?? "text";
  const index = (["content_index", "summary_index", "command_index"] as const).find((key) => payload[key] !== undefined);
  return { whole, channel: `extra:${name}`, ...(index !== undefined && { index }) };
}

/** Texts of an event of a kind that we do not know (search results, as Perplexity sends them): each is complete where it stands. */
function eventPlaces(payload: JsonObject, output: number): Place[] {
  const number = countOf(payload.sequence_number) ?? 0;
  return sideTexts(payload, []).map(({ text, path }) => whole(output, `event ${path.join(".")}`, number, "other:event", text, path, true));
}

/** What a command printed: two texts in one `delta`. */
function shellOutputPlaces(payload: JsonObject, output: number, isDelta: boolean): Place[] {
  const command = countOf(payload.command_index) ?? 0;
  const parts: readonly (readonly [unknown, JsonPath, number])[] = isDelta
    ? [[payload.delta, ["delta"], command]]
    : listOf(payload.output).map((part, i) => [part, ["output", i], command + i]);
  return parts.flatMap(([part, path, index]) =>
    ["stdout", "stderr"].flatMap((name): Place[] => {
      const text = isObject(part) ? textOf(part[name]) : undefined;
      if (text === undefined) return [];
      const place = whole(output, name, index, `other:${name}`, text, [...path, name], !isDelta);
      return [isDelta ? { ...place, kind: "delta" } : place];
    })
  );
}

/** Titles, addresses, file names and quotations of a citation, each a text of its own. */
function annotationPlaces(annotation: unknown, output: number, content: number, index: number, path: JsonPath): Place[] {
  return sideTexts(annotation, path).map(({ text, path: at }) =>
    whole(output, `annotation ${content} ${at.slice(path.length).join(".")}`, index, "other:annotation", text, at, true)
  );
}

function keyOf(output: number, name: string, index: number): string {
  return `${output}/${name}/${index}`;
}

function whole(
  output: number,
  name: string,
  index: number,
  channel: Channel,
  text: string,
  path: JsonPath,
  ends: boolean,
  json = false,
): Place {
  return { kind: "whole", key: keyOf(output, name, index), channel, json, text, path, ends };
}

function partPlaces(part: unknown, output: number, index: number, path: JsonPath, ends: boolean): Place[] {
  if (!isObject(part)) return [];
  const places: Place[] = [];
  if (typeof part.text === "string") {
    const reasoning = part.type === "reasoning_text";
    const name = reasoning ? "reasoning" : "text";
    places.push(whole(output, name, index, reasoning ? "reasoning" : "content", part.text, [...path, "text"], ends));
  }
  if (typeof part.refusal === "string") places.push(whole(output, "refusal", index, "refusal", part.refusal, [...path, "refusal"], ends));
  if (typeof part.transcript === "string") {
    places.push(whole(output, "transcript", 0, "content", part.transcript, [...path, "transcript"], ends));
  }
  listOf(part.annotations).forEach((annotation, k) => {
    places.push(...annotationPlaces(annotation, output, index, k, [...path, "annotations", k]));
  });
  // Parts of a kind to come.
  for (const { text, path: at } of beside(places, sideTexts(part, path))) {
    const name = `part ${at.slice(path.length).join(".")}`;
    places.push(whole(output, name, index, `other:${output} ${name} ${index}`, text, at, ends));
  }
  return places;
}

/** The texts that none of the places is. */
function beside(places: readonly Place[], texts: readonly SideText[]): readonly SideText[] {
  const known = new Set(places.map(({ path }) => path.join("\n")));
  return texts.filter(({ path }) => !known.has(path.join("\n")));
}

/** Members of an item that the model did not write: what its tools answered, and what they are. */
const RESULTS = new Set(["output", "outputs", "result", "results", "error", "tools", "sources"]);

/** Every text of one output item. */
export function itemPlaces(item: unknown, output: number, path: JsonPath, ends: boolean): Place[] {
  if (!isObject(item)) return [];
  const tool: Channel = `tool:${output}`;
  const places = listOf(item.summary).flatMap((part, i) => {
    const text = isObject(part) ? textOf(part.text) : undefined;
    return text === undefined ? [] : [whole(output, "summary", i, "reasoning", text, [...path, "summary", i, "text"], ends)];
  });
  listOf(item.content).forEach((part, i) => places.push(...partPlaces(part, output, i, [...path, "content", i], ends)));
  const add = (name: string, channel: Channel, value: unknown, at: JsonPath, json = false, index = 0) => {
    if (typeof value === "string") places.push(whole(output, name, index, channel, value, [...path, ...at], ends, json));
  };
  // These have events of their own.
  add("arguments", tool, item.arguments, ["arguments"], true);
  add("input", tool, item.input, ["input"]);
  add("code", tool, item.code, ["code"]);
  if (isObject(item.operation)) add("diff", tool, item.operation.diff, ["operation", "diff"]);
  for (const name of ["command", "commands"]) {
    if (isObject(item.action)) listOf(item.action[name]).forEach((each, i) => add("command", tool, each, ["action", name, i], false, i));
  }
  listOf(item.output).forEach((part, i) => {
    if (!isObject(part)) return;
    for (const name of ["stdout", "stderr"]) add(name, `other:${name}`, part[name], ["output", i, name], false, i);
  });
  return [...places, ...sidePlaces(item, output, path, ends, places)];
}

/** The texts of an item that have no events of their own; what is there when it is added may go on until it is done. */
function sidePlaces(item: JsonObject, output: number, path: JsonPath, ends: boolean, places: readonly Place[]): Place[] {
  const written = /_call$|_request$|^program$/.test(textOf(item.type) ?? "");
  const texts = Object.entries(item).flatMap(([key, value]) =>
    // An image is no text.
    key === "result" && item.type === "image_generation_call" ? [] : sideTexts(value, [...path, key], key === "arguments")
  );
  return beside(places, texts).map(({ text, path: at }) => {
    const within = at.slice(path.length);
    const kind = written && !within.some((step) => RESULTS.has(String(step))) ? "tool" : "result";
    const name = within.join(".");
    return whole(output, `side ${name}`, 0, `other:${kind}:${output} ${name}`, text, at, ends);
  });
}
