/** What the requests of all APIs have in common: reading a body with positions, collecting its texts, changing it in place. */
import { JsonEditor, type JsonNode, JsonSyntaxError, memberOf, parseJson } from "./json_nodes.ts";
import { isLabel } from "./side_texts.ts";
import type { DecodedRequest, PromptRole, PromptText } from "./types.ts";

/** A request body that is not what its API expects. The message names the place and what to do. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** Facts that the API's own SDK acts on (Anthropic's `error.details`). */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  /** `path` is a JSON path such as `messages[0].role`, empty for the body itself; line and column (from 1) for malformed JSON. */
  constructor(
    readonly path: string,
    message: string,
    more: { readonly line?: number; readonly column?: number; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.line = more.line;
    this.column = more.column;
    this.details = more.details;
  }
}

interface FoundText extends PromptText {
  readonly node: JsonNode;
  /** The JSON document inside a string in which `node` stands. */
  readonly inner?: { readonly source: string; readonly outer: JsonNode };
}

const FILES = new Set(["image_url", "file_url", "file_data"]);

function isFileType({ key, value }: { readonly key: string; readonly value: JsonNode }): boolean {
  return key === "type" && value.kind === "string" && (value.value === "image" || value.value === "document");
}

/** Reads one request body; every method that finds something of the wrong type throws a `RequestError`. */
export class RequestReader {
  readonly root: JsonNode;
  readonly found: FoundText[] = [];
  readonly #noted = new Set<JsonNode>();

  /** @throws {RequestError} when the body is not a JSON object. */
  constructor(readonly body: string) {
    try {
      this.root = parseJson(body);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw new RequestError("", `The request body is not valid JSON: ${error.message}`, error);
    }
    if (this.root.kind !== "object") throw new RequestError("", "The request body must be a JSON object");
  }

  /** A member that guarding depends on: a backend may read another one of duplicates than we do, so they are refused. */
  member(node: JsonNode | undefined, key: string, path: string): JsonNode | undefined {
    if (node?.kind !== "object") return undefined;
    let found: JsonNode | undefined;
    for (const member of node.members) {
      if (member.key !== key) continue;
      if (found !== undefined) throw new RequestError(joinPath(path, key), `The key "${joinPath(path, key)}" appears twice; send it once`);
      found = member.value;
    }
    return found?.kind === "null" ? undefined : found;
  }

  string(node: JsonNode | undefined, key: string, path: string): string | undefined {
    const value = this.member(node, key, path);
    if (value === undefined) return undefined;
    if (value.kind !== "string") throw wrongType(joinPath(path, key), "a string", value);
    return value.value;
  }

  flag(key: string): boolean {
    const value = this.member(this.root, key, "");
    if (value === undefined) return false;
    if (value.kind !== "boolean") throw wrongType(key, "true or false", value);
    return value.value === true;
  }

  /** A whole number of at least `min`. */
  count(key: string, min: number): number | undefined {
    const value = this.member(this.root, key, "");
    if (value === undefined) return undefined;
    if (value.kind !== "number" || !Number.isInteger(value.value) || Number(value.value) < min) {
      throw wrongType(key, `a whole number of at least ${min}`, value);
    }
    return Number(value.value);
  }

  /** @throws {RequestError} when it is missing or empty. */
  model(): string {
    const model = this.string(this.root, "model", "");
    if (model === undefined || model === "") throw new RequestError("model", '"model" is missing; name the model to use');
    return model;
  }

  /** The items of a list; none when the key is absent. */
  items(node: JsonNode | undefined, key: string, path: string): readonly JsonNode[] {
    const value = this.member(node, key, path);
    if (value === undefined) return [];
    if (value.kind !== "array") throw wrongType(joinPath(path, key), "a list", value);
    return value.items;
  }

  /** Notes the texts of a string, or of a list of strings; token ids cannot be guarded and are refused. */
  texts(role: PromptRole, node: JsonNode | undefined, path: string): void {
    if (node?.kind === "string") return this.text(role, node, path);
    if (node?.kind !== "array") throw wrongType(path, "a string or a list of strings", node ?? this.root);
    node.items.forEach((item, i) => {
      const here = `${path}[${i}]`;
      if (item.kind === "string") return this.text(role, item, here);
      if (item.kind === "object") return this.leaves(role, item, here);
      throw new RequestError(here, `"${path}" holds token ids, which cannot be guarded; send text instead`);
    });
  }

  /** Notes the text of a string; other kinds of values carry none. */
  text(role: PromptRole, node: JsonNode | undefined, path: string): void {
    if (node?.kind === "string") this.#note({ role, text: node.value, path, node });
  }

  /** Notes every string and number inside a JSON value (tool inputs). */
  leaves(role: PromptRole, node: JsonNode | undefined, path: string, inner?: FoundText["inner"]): void {
    if (node === undefined) return;
    if (node.kind === "object") {
      for (const { key, value } of node.members) this.leaves(role, value, joinPath(path, key), inner);
    } else if (node.kind === "array") node.items.forEach((item, i) => this.leaves(role, item, `${path}[${i}]`, inner));
    else if (node.kind === "string") this.#note({ role, text: node.value, path, node, ...(inner && { inner }) });
    else if (node.kind === "number") {
      const text = (inner?.source ?? this.body).slice(node.start, node.end);
      this.#note({ role, text, path, node, ...(inner && { inner }) });
    }
  }

  /** Notes the values inside a string that holds JSON (tool arguments), or in JSON itself; a string that holds none is a text itself. */
  jsonString(role: PromptRole, node: JsonNode | undefined, path: string): void {
    if (node?.kind !== "string") return this.leaves(role, node, path);
    let inner: JsonNode;
    try {
      inner = parseJson(node.value);
    } catch {
      return this.text(role, node, path);
    }
    this.leaves(role, inner, path, { source: node.value, outer: node });
  }

  /** Notes what is left in a value: every string that was not noted before, but labels, and images and files. */
  rest(role: PromptRole, node: JsonNode | undefined, path: string, key = ""): void {
    if (node === undefined || this.#noted.has(node)) return;
    if (node.kind === "object") {
      if (node.members.some(isFileType)) return;
      for (const member of node.members) {
        if (member.key !== "logprobs") this.rest(role, member.value, joinPath(path, member.key), member.key);
      }
    } else if (node.kind === "array") node.items.forEach((item, i) => this.rest(role, item, `${path}[${i}]`, key));
    else if (node.kind === "string" && !isLabel(key, node.value) && !FILES.has(key)) this.text(role, node, path);
  }

  #note(found: FoundText): void {
    this.found.push(found);
    this.#noted.add(found.inner?.outer ?? found.node);
  }

  /** Notes the descriptions in a tool definition, its schema's included. */
  definition(node: JsonNode | undefined, path: string): void {
    if (node?.kind === "array") node.items.forEach((item, i) => this.definition(item, `${path}[${i}]`));
    if (node?.kind !== "object") return;
    for (const { key, value } of node.members) {
      const here = joinPath(path, key);
      if (value.kind === "string" && (key === "description" || key === "title")) this.text("tool_definition", value, here);
      else if (["enum", "const", "default", "examples"].includes(key)) this.leaves("tool_definition", value, here);
      else this.definition(value, here);
    }
  }

  /** The body with the texts that changed put in their places. */
  rewrite(texts: readonly string[]): string {
    const editor = new JsonEditor(this.body, this.root);
    const inner = new Map<JsonNode, JsonEditor>();
    this.found.forEach((found, i) => {
      const text = texts[i] ?? found.text;
      if (text === found.text) return;
      if (found.inner === undefined) return editor.replace(found.node, JSON.stringify(text));
      const { outer, source } = found.inner;
      let own = inner.get(outer);
      if (own === undefined) inner.set(outer, own = new JsonEditor(source));
      own.replace(found.node, JSON.stringify(text));
    });
    for (const [outer, own] of inner) editor.replace(outer, JSON.stringify(own.toString()));
    return editor.toString();
  }

  /** The finished request. */
  request(facts: Omit<DecodedRequest, "texts" | "rewrite">): DecodedRequest {
    const texts = this.found.map(({ role, text, path }) => ({ role, text, path }));
    return { ...facts, texts, rewrite: (changed) => this.rewrite(changed) };
  }
}

export function joinPath(path: string, key: string): string {
  const step = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `["${key}"]`;
  return path === "" || step.startsWith("[") ? path + step : `${path}.${step}`;
}

export function wrongType(path: string, expected: string, value: JsonNode): RequestError {
  const kinds = { object: "an object", array: "a list", string: "a string", number: "a number", boolean: "a boolean", null: "null" };
  const is = value.kind === "number" ? `${value.value}` : kinds[value.kind];
  return new RequestError(path, `"${path}" must be ${expected}, not ${is}`);
}

function editorOf(body: string): JsonEditor {
  try {
    return new JsonEditor(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new RequestError("", `The request body is not valid JSON: ${error.message}`, error);
  }
}

/** The body with `stream_options.include_usage: true`; nothing else changes. */
export function withIncludeUsage(body: string): string {
  const editor = editorOf(body);
  const options = memberOf(editor.root, "stream_options");
  if (options?.kind === "object") editor.setMember(options, "include_usage", true);
  else editor.setMember(editor.root, "stream_options", { include_usage: true });
  return editor.toString();
}

/** The body with another model; nothing else changes. */
export function withModel(body: string, model: string): string {
  const editor = editorOf(body);
  editor.setMember(editor.root, "model", model);
  return editor.toString();
}
