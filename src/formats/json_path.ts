/** Fixed JSON paths of a configuration: `$.a.b[0]["c d"]`. */
import type { JsonPath } from "./json_nodes.ts";
import { isObject, type JsonObject, listOf } from "./json_value.ts";

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\["([^"\]]+)"\]/y;

/** @throws {SyntaxError} that names the place of what is not a path. */
export function parseJsonPath(text: string): JsonPath {
  const source = text.startsWith("$") ? text.slice(1) : `.${text}`;
  const path: (string | number)[] = [];
  for (let at = 0; at < source.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(source);
    if (match === null) {
      throw new SyntaxError(`Cannot read the JSON path "${text}" from "${source.slice(at)}" on; write it like $.a.b[0].c`);
    }
    path.push(match[2] === undefined ? match[1] ?? match[3]! : Number(match[2]));
  }
  if (path.length === 0) throw new SyntaxError(`Cannot use the JSON path "${text}": it names nothing; write it like $.a.b[0].c`);
  return path;
}

/** What stands at the path. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const step of path) value = typeof step === "number" ? listOf(value)[step] : isObject(value) ? value[step] : undefined;
  return value;
}

/** A copy with another value at the path; what is missing on the way is made. */
export function withValueAt(root: unknown, [step, ...rest]: JsonPath, value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === "string") {
    const object: JsonObject = isObject(root) ? root : {};
    return { ...object, [step]: withValueAt(object[step], rest, value) };
  }
  const list = [...listOf(root)];
  while (list.length <= step) list.push(null);
  list[step] = withValueAt(list[step], rest, value);
  return list;
}
