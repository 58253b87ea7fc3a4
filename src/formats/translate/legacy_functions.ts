/**
 * The chat API's deprecated `functions`, `function_call` and role `function`, said as the `tools` that took their place
 * (https://platform.openai.com/docs/api-reference/chat/create). Such a client gets one call at most, as `function_call`.
 */
import { isObject, type JsonObject } from "../json_value.ts";
import { cannot, listAt } from "./reading.ts";

const given = (value: unknown) => value !== undefined && value !== null;

/** Whether a request, or an earlier turn in it, speaks of functions rather than tools. */
export function speaksOfFunctions(chat: JsonObject): boolean {
  return given(chat.functions) || given(chat.function_call) ||
    (Array.isArray(chat.messages) &&
      chat.messages.some((each) => isObject(each) && (each.role === "function" || isObject(each.function_call))));
}

/** @throws {RequestError} for a request that offers both, and for a result without a call. */
export function withTools(chat: JsonObject): JsonObject {
  const { functions, function_call, messages, ...rest } = chat;
  if (given(functions) || given(function_call)) {
    for (const key of ["tools", "tool_choice"]) if (given(chat[key])) throw cannot(key, "it goes with no functions and no function_call");
  }
  const tools = listAt(functions, "functions").map((each) => ({ type: "function", function: each }));
  return {
    ...rest,
    ...(tools.length > 0 && { tools, parallel_tool_calls: false }),
    ...(given(function_call) && {
      tool_choice: isObject(function_call) ? { type: "function", function: function_call } : function_call,
    }),
    messages: Array.isArray(messages) ? turnsWithTools(messages) : messages,
  };
}

/** A function's result belongs to the last call before it. */
function turnsWithTools(messages: readonly unknown[]): unknown[] {
  let last: string | undefined;
  return messages.map((message, i) => {
    if (!isObject(message)) return message;
    if (isObject(message.function_call)) {
      const { function_call, ...rest } = message;
      last = `call_${i}`;
      return { ...rest, tool_calls: [{ id: last, type: "function", function: function_call }] };
    }
    if (message.role !== "function") return message;
    if (last === undefined) throw cannot(`messages[${i}]`, "no function_call stands before this result");
    const { name: _, ...rest } = message;
    return { ...rest, role: "tool", tool_call_id: last };
  });
}

/** What such a client calls a path of its request said with tools. */
export function functionsPath(path: string): string {
  return path.replace(/^tools\[(\d+)\]\.function/, "functions[$1]").replace(/^tool_choice(\.function)?/, "function_call")
    .replace(/^(messages\[\d+\])\.tool_calls\[0\](\.function)?/, "$1.function_call");
}
