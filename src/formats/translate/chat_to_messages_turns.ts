/**
 * Messages of OpenAI chat as turns of Anthropic messages: one system prompt, alternating speakers, tool results among the user's blocks.
 */
import { JsonSyntaxError } from "../json_nodes.ts";
import { isObject, type JsonObject } from "../json_value.ts";
import { RequestError } from "../request.ts";
import { readJson } from "./exact_json.ts";
import { cannot, dataUrl, type Dropped, given, listAt, objectAt, stringAt } from "./reading.ts";

/** What the messages API makes of the chat API's messages. */
export interface Turns {
  /** The system prompt's blocks. */
  readonly system: JsonObject[];
  readonly messages: readonly { readonly role: string; readonly content: readonly JsonObject[] }[];
}

/** @throws {RequestError} */
export function turnsOf(list: readonly unknown[], dropped: Dropped): Turns {
  const system: JsonObject[] = [];
  const messages: { role: string; content: JsonObject[] }[] = [];
  list.forEach((each, i) => {
    const path = `messages[${i}]`;
    const message = objectAt(each, path);
    const role = stringAt(message.role, `${path}.role`);
    if (role === "system" || role === "developer") {
      // The messages API has one system prompt, before everything.
      if (messages.length > 0) dropped.add(`${path}.position`);
      system.push(...textBlocks(message.content, `${path}.content`, dropped));
      dropped.rest(message, SYSTEM_KEYS, path);
      return;
    }
    const speaker = role === "assistant" ? "assistant" : "user";
    const content = role === "assistant"
      ? assistantBlocks(message, path, dropped)
      : role === "tool"
      ? [toolResult(message, path, dropped)]
      : role === "user"
      ? userBlocks(message.content, `${path}.content`, dropped)
      : undefined;
    if (content === undefined) throw cannot(`${path}.role`, "use system, developer, user, assistant or tool");
    dropped.rest(message, MESSAGE_KEYS, path);
    if (content.length === 0) return;
    // Results of parallel calls, and what the user says to them, belong into one turn.
    const last = messages.at(-1);
    if (last?.role !== speaker) messages.push({ role: speaker, content });
    // Results come first in it (https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls).
    else last.content.splice(role === "tool" ? last.content.findLastIndex(isResult) + 1 : last.content.length, 0, ...content);
  });
  if (messages.length === 0) throw cannot("messages", "the backend needs a user's message besides the system prompt");
  return { system, messages };
}

const isResult = ({ type }: JsonObject) => type === "tool_result";

const SYSTEM_KEYS = new Set(["role", "content"]);
const MESSAGE_KEYS = new Set(["role", "content", "tool_calls", "tool_call_id", "refusal", "audio"]);

/** Empty texts are refused by the messages API and say nothing. */
function text(value: string): JsonObject[] {
  return value === "" ? [] : [{ type: "text", text: value }];
}

/** Hints for OpenAI's prompt cache change no answer, so nobody is told of them. */
const TEXT_KEYS = new Set(["type", "text", "prompt_cache_breakpoint"]);

function textBlocks(content: unknown, path: string, dropped: Dropped): JsonObject[] {
  if (typeof content === "string") return text(content);
  return listAt(content, path).flatMap((each, i) => {
    const part = objectAt(each, `${path}[${i}]`);
    if (part.type !== "text") throw cannot(`${path}[${i}]`, "only text can stand here");
    dropped.rest(part, TEXT_KEYS, `${path}[${i}]`);
    return text(stringAt(part.text, `${path}[${i}].text`));
  });
}

function userBlocks(content: unknown, path: string, dropped: Dropped): JsonObject[] {
  if (typeof content === "string") return text(content);
  return listAt(content, path).flatMap((each, i) => {
    const here = `${path}[${i}]`;
    const part = objectAt(each, here);
    switch (part.type) {
      case "text":
        dropped.rest(part, TEXT_KEYS, here);
        return text(stringAt(part.text, `${here}.text`));
      case "image_url": {
        const image = objectAt(part.image_url, `${here}.image_url`);
        if (image.detail !== "auto") dropped.rest(image, IMAGE_KEYS, `${here}.image_url`);
        return [{ type: "image", source: sourceOf(stringAt(image.url, `${here}.image_url.url`), `${here}.image_url.url`) }];
      }
      case "file":
        return [documentOf(objectAt(part.file, `${here}.file`), `${here}.file`)];
      default:
        throw cannot(here, `parts of type "${String(part.type).slice(0, 40)}" have no counterpart; send text, image_url or file`);
    }
  });
}

const IMAGE_KEYS = new Set(["url"]);

/** Images that the messages API reads (https://platform.claude.com/docs/en/build-with-claude/vision), and the name that many clients give to one. */
const IMAGES: Readonly<Record<string, string>> = {
  "image/jpeg": "image/jpeg",
  "image/jpg": "image/jpeg",
  "image/png": "image/png",
  "image/gif": "image/gif",
  "image/webp": "image/webp",
};

function sourceOf(url: string, path: string): JsonObject {
  const data = dataUrl(url);
  if (data === undefined && /^data:/i.test(url)) throw cannot(path, "a data URL must be base64");
  if (data === undefined) return { type: "url", url };
  const media_type = IMAGES[data.mediaType.toLowerCase()];
  if (media_type === undefined) throw cannot(path, "images are JPEG, PNG, GIF or WebP");
  return { type: "base64", media_type, data: data.data };
}

function documentOf(file: JsonObject, path: string): JsonObject {
  if (file.file_data === undefined) throw cannot(`${path}.file_id`, "files uploaded elsewhere cannot be read here; send file_data");
  const data = dataUrl(stringAt(file.file_data, `${path}.file_data`));
  if (data?.mediaType === "text/plain") {
    return given({
      type: "document",
      source: { type: "text", media_type: "text/plain", data: plainText(data.data, path) },
      title: file.filename,
    });
  }
  if (data?.mediaType !== "application/pdf") throw cannot(`${path}.file_data`, "only PDF and plain text as base64 data URLs can be sent");
  return given({ type: "document", source: { type: "base64", media_type: data.mediaType, data: data.data }, title: file.filename });
}

function plainText(base64: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
  } catch {
    throw cannot(`${path}.file_data`, "it is not UTF-8 text in base64");
  }
}

function assistantBlocks(message: JsonObject, path: string, dropped: Dropped): JsonObject[] {
  if (isObject(message.audio)) throw cannot(`${path}.audio`, "the backend has no audio");
  const blocks: JsonObject[] = [];
  if (typeof message.content === "string") blocks.push(...text(message.content));
  else {
    listAt(message.content, `${path}.content`).forEach((each, i) => {
      const here = `${path}.content[${i}]`;
      const part = objectAt(each, here);
      if (part.type !== "text" && part.type !== "refusal") throw cannot(here, "an assistant's parts are text or refusal");
      blocks.push(...text(stringAt(part.type === "text" ? part.text : part.refusal, here)));
    });
  }
  if (typeof message.refusal === "string") blocks.push(...text(message.refusal));
  // A thinking block needs the signature it was made with.
  for (const key of ["reasoning_content", "reasoning"]) if (typeof message[key] === "string") dropped.add(`${path}.${key}`);
  listAt(message.tool_calls, `${path}.tool_calls`).forEach((each, i) => {
    const here = `${path}.tool_calls[${i}]`;
    const call = objectAt(each, here);
    if (call.type === "custom") throw cannot(here, "the input of custom tools is no JSON object; use function tools");
    const called = objectAt(call.function, `${here}.function`);
    blocks.push({
      type: "tool_use",
      id: callId(call.id, `${here}.id`),
      name: stringAt(called.name, `${here}.function.name`),
      input: argumentsOf(called.arguments, `${here}.function.arguments`),
    });
  });
  return blocks;
}

/** The messages API refuses ids with other characters, such as `functions.get_weather:0` in a conversation that another model began. */
function callId(value: unknown, path: string): string {
  return stringAt(value, path).replace(/[^a-zA-Z0-9_-]/gu, (char) => `_${char.codePointAt(0)!.toString(16)}`);
}

function argumentsOf(value: unknown, path: string): unknown {
  const source = value === undefined ? "" : stringAt(value, path);
  if (source.trim() === "") return {};
  let input: unknown;
  try {
    input = readJson(source);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  if (!isObject(input)) throw new RequestError(path, `"${path}" must be a JSON object as a string`);
  return input;
}

function toolResult(message: JsonObject, path: string, dropped: Dropped): JsonObject {
  const content = textBlocks(message.content, `${path}.content`, dropped);
  return given({
    type: "tool_result",
    tool_use_id: callId(message.tool_call_id, `${path}.tool_call_id`),
    content: content.length === 0 ? undefined : typeof message.content === "string" ? message.content : content,
  });
}
