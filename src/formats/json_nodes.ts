/**
 * A JSON reader that keeps positions, and an editor on top: bodies are changed by replacing single literals in the original
 * text, so that everything else (key order, duplicate keys, numbers past 2^53, white space) stays as the client wrote it.
 */

export type JsonNode =
  | { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly start: number; readonly end: number; readonly value: string }
  | { readonly kind: "number" | "boolean" | "null"; readonly start: number; readonly end: number; readonly value: number | boolean | null };

/** `start` is where the key's quote stands. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

export type JsonPath = readonly (string | number)[];

/** Most levels of arrays and objects in one document. */
export const MAX_JSON_DEPTH = 128;

/** The text is not JSON (RFC 8259), or nested too deep. `line` and `column` count from 1, `offset` in UTF-16 units. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly line: number;
  readonly column: number;
  constructor(readonly problem: string, text: string, readonly offset: number) {
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    super(`${problem} at line ${line}, column ${column}`);
    this.line = line;
    this.column = column;
  }
}

/** @throws {JsonSyntaxError} */
export function parseJson(text: string, maxDepth = MAX_JSON_DEPTH): JsonNode {
  return new Parser(text, maxDepth).document();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class Parser {
  #at = 0;
  constructor(readonly text: string, readonly maxDepth: number) {}

  document(): JsonNode {
    if (this.text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const node = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) this.#fail("Unexpected text after the JSON document");
    return node;
  }

  #value(depth: number): JsonNode {
    this.#space();
    const start = this.#at;
    const char = this.text[start];
    switch (char) {
      case "{":
        return this.#object(start, depth + 1);
      case "[":
        return this.#array(start, depth + 1);
      case '"':
        return { kind: "string", start, value: this.#string(), end: this.#at };
      case "t":
        return this.#literal("true", true, "boolean");
      case "f":
        return this.#literal("false", false, "boolean");
      case "n":
        return this.#literal("null", null, "null");
      default:
        return this.#number(start);
    }
  }

  #object(start: number, depth: number): JsonNode {
    if (depth > this.maxDepth) this.#fail(`More than ${this.maxDepth} levels of nesting`);
    const members: JsonMember[] = [];
    this.#at++;
    if (this.#next("}")) return { kind: "object", start, end: this.#at, members };
    do {
      this.#space();
      if (this.text[this.#at] !== '"') this.#fail("Expected a key in double quotes");
      const keyStart = this.#at;
      const key = this.#string();
      if (!this.#next(":")) this.#fail('Expected ":" after the key');
      members.push({ key, start: keyStart, value: this.#value(depth) });
    } while (this.#next(","));
    if (!this.#next("}")) this.#fail('Expected "," or "}"');
    return { kind: "object", start, end: this.#at, members };
  }

  #array(start: number, depth: number): JsonNode {
    if (depth > this.maxDepth) this.#fail(`More than ${this.maxDepth} levels of nesting`);
    const items: JsonNode[] = [];
    this.#at++;
    if (this.#next("]")) return { kind: "array", start, end: this.#at, items };
    do items.push(this.#value(depth)); while (this.#next(","));
    if (!this.#next("]")) this.#fail('Expected "," or "]"');
    return { kind: "array", start, end: this.#at, items };
  }

  #string(): string {
    const { text } = this;
    const start = ++this.#at;
    let escaped = false;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(text);
      this.#at = PLAIN.lastIndex;
      const char = text[this.#at];
      if (char === '"') break;
      if (char !== "\\") this.#fail(char === undefined ? "The string has no end" : "A control character must be escaped in a string");
      escaped = true;
      this.#at += 2;
    }
    const literal = text.slice(start, this.#at++);
    if (!escaped) return literal;
    try {
      const value: unknown = JSON.parse(`"${literal}"`);
      return String(value);
    } catch {
      this.#at = start;
      return this.#fail("The string has an invalid escape");
    }
  }

  #literal(word: string, value: boolean | null, kind: "boolean" | "null"): JsonNode {
    const start = this.#at;
    if (!this.text.startsWith(word, start)) this.#fail("Unexpected character");
    this.#at += word.length;
    return { kind, start, end: this.#at, value };
  }

  #number(start: number): JsonNode {
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.text)) this.#fail(start >= this.text.length ? "The JSON ends too early" : "Unexpected character");
    this.#at = NUMBER.lastIndex;
    return { kind: "number", start, end: this.#at, value: Number(this.text.slice(start, this.#at)) };
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #next(char: string): boolean {
    this.#space();
    if (this.text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #fail(problem: string): never {
    throw new JsonSyntaxError(problem, this.text, this.#at);
  }
}

/** The value of a key; of duplicates the last, as `JSON.parse` and most clients read it. */
export function memberOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.kind !== "object") return undefined;
  return node.members.findLast((member) => member.key === key)?.value;
}

/** The node at a path. */
export function nodeAt(root: JsonNode, path: JsonPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    if (typeof step === "string") node = memberOf(node, step);
    else node = node?.kind === "array" ? node.items[step] : undefined;
    if (node === undefined) return undefined;
  }
  return node;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Collects changes to one JSON text. Paths that do not exist are left alone. */
export class JsonEditor {
  /** By position: of several changes to one place the last counts. */
  readonly #splices = new Map<number, Splice>();
  readonly root: JsonNode;

  /** @throws {JsonSyntaxError} */
  constructor(readonly text: string, root?: JsonNode) {
    this.root = root ?? parseJson(text);
  }

  /** Puts JSON text in place of a node. */
  replace(node: JsonNode | undefined, json: string): void {
    if (node !== undefined) this.#add(node.start, node.end, json);
  }

  /** Puts JSON text in place of what stands at the path. */
  replaceAt(path: JsonPath, json: string): void {
    this.replace(nodeAt(this.root, path), json);
  }

  /** Puts a value in place of what stands at the path. */
  set(path: JsonPath, value: unknown): void {
    this.replace(nodeAt(this.root, path), JSON.stringify(value));
  }

  /** Sets a key of an object: every duplicate of it, or a new one at the end. */
  setMember(object: JsonNode, key: string, value: unknown): void {
    if (object.kind !== "object") return;
    const json = JSON.stringify(value);
    const existing = object.members.filter((member) => member.key === key);
    for (const member of existing) this.replace(member.value, json);
    if (existing.length > 0) return;
    const end = object.end - 1;
    const before = this.#splices.get(end)?.text ?? "";
    const comma = object.members.length > 0 || before !== "" ? "," : "";
    this.#add(end, end, `${before}${comma}${JSON.stringify(key)}:${json}`);
  }

  /** Adds items at the end of the array at the path. */
  append(path: JsonPath, items: readonly unknown[]): void {
    const array = nodeAt(this.root, path);
    if (array?.kind !== "array" || items.length === 0) return;
    const text = items.map((item) => JSON.stringify(item)).join(",");
    this.#add(array.end - 1, array.end - 1, array.items.length > 0 ? `,${text}` : text);
  }

  /** Takes a key out of the object at the path; at most one key per object. */
  remove(path: JsonPath, key: string): void {
    const object = nodeAt(this.root, path);
    if (object?.kind !== "object") return;
    const index = object.members.findLastIndex((member) => member.key === key);
    if (index < 0) return;
    const member = object.members[index]!;
    const next = object.members[index + 1];
    const previous = object.members[index - 1];
    const start = next === undefined && previous !== undefined ? previous.value.end : member.start;
    this.#add(start, next === undefined ? member.value.end : next.start, "");
  }

  toString(): string {
    if (this.#splices.size === 0) return this.text;
    const sorted = [...this.#splices.values()].sort((a, b) => a.start - b.start);
    let out = "";
    let position = 0;
    for (const { start, end, text } of sorted) {
      out += this.text.slice(position, start) + text;
      position = end;
    }
    return out + this.text.slice(position);
  }

  #add(start: number, end: number, text: string): void {
    this.#splices.set(start, { start, end, text });
  }
}
