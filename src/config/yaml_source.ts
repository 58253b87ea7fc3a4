/** YAML text with the place of every value, so that whatever is wrong with it can be pointed at. */
import { isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { Position, Problem } from "./types.ts";

/** Largest file read; bytes. */
export const MAX_YAML_BYTES = 1 << 20;

export type YamlPath = readonly (string | number)[];

/** A parsed file. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  /** Plain values; `undefined` when `problems` says that it could not be parsed. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Place of the value at `path`, or of the closest one above it that exists. */
  positionOf(path: YamlPath): Position;
  /** Place of the key that names the value at `path`. */
  keyPositionOf(path: YamlPath): Position;
  /** The source line, for excerpts. */
  line(number: number): string;
}

/** Parses YAML 1.2. Duplicate keys, tabs and broken indentation become problems with their places. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const source = text.length > MAX_YAML_BYTES ? "" : text;
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const split = text.split(/\r\n|\r|\n/);
  // User and password of a URL are nobody's to read in an error; as many stars keep the marks under the line in place.
  const line = (number: number) => (split[number - 1] ?? "").replace(/\/\/[^/@\s]+(?=@)/g, (user) => `//${"*".repeat(user.length - 2)}`);
  const problems: Problem[] = document.errors.map((error) => {
    const position = at(error.pos[0]);
    return { ...position, severity: "error", message: error.message.replace(/\s+/g, " "), excerpt: line(position.line) };
  });
  if (text.length > MAX_YAML_BYTES) {
    problems.push({ file, line: 1, column: 1, severity: "error", message: `Larger than ${MAX_YAML_BYTES} bytes` });
  }
  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({
        file,
        line: 1,
        column: 1,
        severity: "error",
        message: `Cannot expand aliases: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  const find = (path: YamlPath): { value: number | undefined; key: number | undefined } => {
    let node: unknown = document.contents;
    let value = offsetOf(node);
    let key = value;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
        if (pair === undefined) break;
        key = offsetOf(pair.key);
        node = pair.value;
        value = offsetOf(node) ?? key;
      } else if (isCollection(node)) {
        node = node.items[Number(step)];
        if (node === undefined) break;
        key = value = offsetOf(node);
      } else break;
    }
    return { value, key };
  };
  return {
    file,
    text,
    value,
    problems,
    line,
    positionOf: (path) => at(find(path).value ?? 0),
    keyPositionOf: (path) => at(find(path).key ?? 0),
  };
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
