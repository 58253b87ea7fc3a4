/**
 * JSON schemas that the messages API enforces: it refuses objects that are open and most constraints. As Anthropic's own SDKs do
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs), objects are closed, and a constraint that cannot be enforced
 * is written into the description, for the model to read; the client is told.
 */
import { isObject, type JsonObject } from "../json_value.ts";
import type { Dropped } from "./reading.ts";

/** Keywords that the API enforces or reads, whatever the type. */
const ENFORCED = new Set(["type", "description", "title", "enum", "const", "default", "anyOf", "allOf", "$ref", "$defs", "definitions"]);
/** And those of one type. */
const OF_TYPE: Readonly<Record<string, ReadonlySet<string>>> = {
  object: new Set(["properties", "required", "additionalProperties"]),
  array: new Set(["items", "minItems"]),
  string: new Set(["format", "pattern"]),
};
/** These constrain nothing. */
const SILENT = new Set(["$schema", "$id", "$comment"]);
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);
/** Looking around, back references and word boundaries: what the API's patterns do not know. */
const BEYOND_PATTERNS = /\(\?[=!<]|\\[bB1-9]/;

/** @param path of the whole schema: a keyword that is not enforced is told as `path.keyword`, wherever it stands. */
export function enforcedSchema(schema: JsonObject, path: string, dropped: Dropped): JsonObject {
  const types = typesOf(schema);
  const out: [string, unknown][] = [];
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (SILENT.has(key)) continue;
    if (key === "oneOf") out.push(["anyOf", each(value, path, dropped)]);
    else if (!isEnforced(key, value, types)) told.push(`${key}: ${JSON.stringify(value)}`), dropped.add(`${path}.${key}`);
    else if (key === "additionalProperties") { if (value !== false) dropped.add(`${path}.${key}`); }
    else out.push([key, inner(key, value, path, dropped)]);
  }
  if (types.includes("object")) out.push(["additionalProperties", false]);
  const enforced: JsonObject = Object.fromEntries(out);
  if (told.length === 0) return enforced;
  const said = typeof enforced.description === "string" ? `${enforced.description}\n\n` : "";
  return { ...enforced, description: `${said}{${told.join(", ")}}` };
}

function typesOf({ type, properties }: JsonObject): readonly unknown[] {
  if (type === undefined) return isObject(properties) ? ["object"] : [];
  return Array.isArray(type) ? type : [type];
}

function isEnforced(key: string, value: unknown, types: readonly unknown[]): boolean {
  if (!ENFORCED.has(key) && !types.some((type) => OF_TYPE[String(type)]?.has(key))) return false;
  switch (key) {
    case "enum":
      return Array.isArray(value) && value.every((each) => typeof each !== "object" || each === null);
    case "const":
      return typeof value !== "object" || value === null;
    case "minItems":
      return value === 0 || value === 1;
    case "format":
      return typeof value === "string" && FORMATS.has(value);
    case "pattern":
      return typeof value === "string" && !BEYOND_PATTERNS.test(value);
    default:
      return true;
  }
}

/** The schemas within a keyword's value. */
function inner(key: string, value: unknown, path: string, dropped: Dropped): unknown {
  if (key === "items") return isObject(value) ? enforcedSchema(value, path, dropped) : value;
  if (key === "anyOf" || key === "allOf") return each(value, path, dropped);
  if (key !== "properties" && key !== "$defs" && key !== "definitions") return value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, schema]) => [name, isObject(schema) ? enforcedSchema(schema, path, dropped) : schema]),
  );
}

function each(value: unknown, path: string, dropped: Dropped): unknown {
  return Array.isArray(value) ? value.map((schema) => isObject(schema) ? enforcedSchema(schema, path, dropped) : schema) : value;
}
