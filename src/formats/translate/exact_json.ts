/** JSON read and written without loss: numbers that a double cannot hold (ids past 2^53) keep their digits. */
import { type JsonNode, JsonSyntaxError, parseJson } from "../json_nodes.ts";
import { isObject, type JsonObject } from "../json_value.ts";
import { RequestError } from "../request.ts";

/** A number in the digits it was written with. */
export class ExactNumber {
  constructor(readonly digits: string) {}
}

/** The value of a JSON text. @throws {JsonSyntaxError} also when it is nested too deeply. */
export function readJson(text: string): unknown {
  return valueOf(parseJson(text), text);
}

function valueOf(node: JsonNode, text: string): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value, text)]));
    case "array":
      return node.items.map((item) => valueOf(item, text));
    case "number": {
      const digits = text.slice(node.start, node.end);
      // Sixteen characters are the least that can name a number past 2^53 or with more digits than a double has.
      return digits.length < 16 || Number.isSafeInteger(node.value) ? node.value : new ExactNumber(digits);
    }
    case "null":
      return null;
    default:
      return node.value;
  }
}

/** `JSON.stringify`, exact numbers included; undefined members are left out. */
export function writeJson(value: unknown): string {
  if (value instanceof ExactNumber) return value.digits;
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item ?? null)).join(",")}]`;
  if (isObject(value)) {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${writeJson(each)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** A request body as a value. @throws {RequestError} */
export function readRequest(body: string): JsonObject {
  let value: unknown;
  try {
    value = readJson(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new RequestError("", `The request body is not valid JSON: ${error.message}`, error);
  }
  if (!isObject(value)) throw new RequestError("", "The request body must be a JSON object");
  return value;
}
