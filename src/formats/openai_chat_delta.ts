/** Deltas of chat chunks of our own. */
import type { JsonPath } from "./json_nodes.ts";
import { valueAt, withValueAt } from "./json_path.ts";
import { isObject, type JsonObject, listOf } from "./json_value.ts";
import { MESSAGE } from "./openai_fields.ts";
import type { Channel } from "./types.ts";

/** An event of which a part is sent ahead. */
interface Source {
  readonly chunk: JsonObject | undefined;
  /** Ids, names and roles have been sent ahead. */
  readonly headSent: boolean;
}

/** Adds the leading text of the slot at `path` to a new delta, with the ids and names that it needs. */
export function addTo(delta: Record<string, unknown>, event: Source, path: JsonPath, text: string): void {
  const kind = path[2] === "text" ? "content" : path[3];
  if (path[0] !== "choices" || typeof kind !== "string") return;
  if (!MESSAGE.has(kind)) Object.assign(delta, withValueAt(delta, path.slice(3), text));
  else if (kind === "tool_calls" && typeof path[4] === "number") {
    const source = sourceAt(event, path.slice(0, 5));
    const custom = path[5] === "custom";
    const called = sourceAt(event, path.slice(0, 6));
    const head = event.headSent ? {} : { id: source.id, type: source.type };
    const name = event.headSent ? undefined : called.name;
    const call = {
      index: source.index ?? path[4],
      ...head,
      [custom ? "custom" : "function"]: { name, [custom ? "input" : "arguments"]: text },
    };
    delta.tool_calls = [...listOf(delta.tool_calls), call];
  } else if (kind === "function_call") {
    delta.function_call = { name: event.headSent ? undefined : sourceAt(event, path.slice(0, 4)).name, arguments: text };
  } else if (kind === "audio") delta.audio = { transcript: text };
  else if (kind === "content" && path.includes("thinking")) delta.content = [{ type: "thinking", thinking: [{ type: "text", text }] }];
  else if (typeof path[5] === "string") {
    delta[kind] = [...listOf(delta[kind]), { ...sourceAt(event, path.slice(0, 5)), [path[5]]: text }];
  } else delta[kind] = text;
  const role = sourceAt(event, path.slice(0, 3)).role;
  if (role !== undefined && !event.headSent) delta.role = role;
}

/** A delta that adds `text` to a channel. */
export function deltaFor(channel: Channel, text: string): JsonObject {
  if (channel === "refusal") return { refusal: text };
  if (channel === "reasoning") return { reasoning_content: text };
  const tool = /^tool:(\d+)$/.exec(channel);
  if (tool !== null) return { tool_calls: [{ index: Number(tool[1]), function: { arguments: text } }] };
  return { content: text };
}

function sourceAt({ chunk }: Source, path: JsonPath): JsonObject {
  const value = valueAt(chunk, path);
  return isObject(value) ? value : {};
}
