/**
 * Text inside a JSON document that arrives in fragments (tool-call arguments): read in its decoded form, so that a match behind
 * `\u0040` or `\"` is found, and written back so that the document stays valid whatever was replaced.
 *
 * A fragment is cut into runs: contents of strings (escapes resolved), bare tokens (numbers, `true`, `null`), and structure
 * (quotes, brackets, commas, white space). Runs are guarded as one text; structure is never changed.
 */

export interface JsonRun {
  readonly kind: "string" | "bare" | "structure";
  /** As it came. */
  readonly raw: string;
  /** As it is read; for bare tokens and structure the same as `raw`. */
  readonly text: string;
  /** The run begins its string or token (it does not continue one of an earlier fragment). */
  readonly first: boolean;
}

const CONTENT = /[^"\\]*/y;
const STRUCTURE = /[\s{}[\],:]*/y;
const BARE = /[^\s{}[\],:"]*/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Fragments in, runs out. Never fails: what is not JSON is read as bare tokens. */
export class JsonTextReader {
  #inString = false;
  #inBare = false;
  #fresh = false;
  /** An escape whose rest has not come; it belongs to the run in which it becomes whole. */
  #partial = "";

  /** Raw characters that no run has shown yet. */
  get partial(): string {
    return this.#partial;
  }

  push(fragment: string): JsonRun[] {
    const begun = this.#partial !== "";
    const source = this.#partial + fragment;
    this.#partial = "";
    const runs: JsonRun[] = [];
    let at = 0;
    while (at < source.length) at = this.#inString ? this.#string(source, at, runs, begun && at === 0) : this.#outside(source, at, runs);
    return runs;
  }

  #string(source: string, start: number, runs: JsonRun[], completes: boolean): number {
    const first = this.#fresh;
    let at = start;
    let text = "";
    for (;;) {
      // An escape that began in an earlier fragment is a run of its own: its beginning may have been sent.
      if (completes && at > start) break;
      CONTENT.lastIndex = at;
      CONTENT.test(source);
      text += source.slice(at, CONTENT.lastIndex);
      at = CONTENT.lastIndex;
      if (source[at] !== "\\") break;
      const length = source[at + 1] === "u" ? 6 : 2;
      if (at + length > source.length) {
        this.#partial = source.slice(at);
        break;
      }
      text += unescaped(source.slice(at + 1, at + length));
      at += length;
    }
    if (at > start) {
      runs.push({ kind: "string", raw: source.slice(start, at), text, first });
      this.#fresh = false;
    }
    if (this.#partial !== "") return source.length;
    if (source[at] === '"' && !completes) {
      this.#inString = false;
      // An empty string has no content to guard, so a replacement has nowhere to go either.
      addStructure(runs, '"');
      at++;
    }
    return at;
  }

  #outside(source: string, start: number, runs: JsonRun[]): number {
    STRUCTURE.lastIndex = start;
    STRUCTURE.test(source);
    let at = STRUCTURE.lastIndex;
    const opens = source[at] === '"';
    if (opens) at++;
    if (at > start) {
      this.#inBare = false;
      addStructure(runs, source.slice(start, at));
      this.#inString = opens;
      this.#fresh = opens;
      return at;
    }
    BARE.lastIndex = start;
    BARE.test(source);
    const raw = source.slice(start, BARE.lastIndex);
    runs.push({ kind: "bare", raw, text: raw, first: !this.#inBare });
    this.#inBare = true;
    return BARE.lastIndex;
  }
}

function addStructure(runs: JsonRun[], raw: string): void {
  const last = runs[runs.length - 1];
  if (last?.kind === "structure") runs[runs.length - 1] = { kind: "structure", raw: last.raw + raw, text: last.text + raw, first: true };
  else runs.push({ kind: "structure", raw, text: raw, first: true });
}

/** `escape` without its backslash; an invalid one reads as its own characters. */
function unescaped(escape: string): string {
  if (escape.length === 1) return SIMPLE_ESCAPES[escape] ?? escape;
  const code = /^u[\da-fA-F]{4}$/.test(escape) ? Number.parseInt(escape.slice(1), 16) : -1;
  return code < 0 ? escape : String.fromCharCode(code);
}

/** Runs with their guarded texts in, raw JSON out; sees the runs of one document in order. */
export class JsonTextWriter {
  /** A bare token was replaced: its string is open until the token ends. */
  #quoted = false;
  /** What was sent of the current bare token. */
  #bareSent = "";
  /** The current bare token was cut after its beginning had been sent: its rest is dropped. */
  #bareCut = false;
  /** A replacement that began in structure, for the next run that it covers. */
  #carried = "";

  /** Later runs must be written even where their texts are unchanged. */
  get changing(): boolean {
    return this.#quoted || this.#bareCut || this.#carried !== "";
  }

  /** `texts` are the runs' texts after guarding, same order and count. */
  write(runs: readonly JsonRun[], texts: readonly string[]): string {
    let out = "";
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i]!;
      const text = texts[i]!;
      if (run.kind === "structure") out += this.#structure(run, text);
      else {
        const changed = text !== run.text;
        const written = changed ? this.#carried + text : text;
        this.#carried = "";
        if (run.kind === "bare") out += this.#bare(run, written, changed);
        else out += changed ? escaped(written) : run.raw;
      }
    }
    return out;
  }

  /** Closes what is open at the end of the document. */
  finish(): string {
    const out = this.#quoted ? '"' : "";
    this.#quoted = false;
    return out;
  }

  #structure(run: JsonRun, text: string): string {
    const out = this.finish() + run.raw;
    this.#bareSent = "";
    this.#bareCut = false;
    this.#carried = text === run.text ? "" : this.#carried + inserted(run.text, text);
    return out;
  }

  #bare(run: JsonRun, text: string, changed: boolean): string {
    if (run.first) this.#bareSent = "";
    if (this.#quoted) return escaped(text);
    if (this.#bareCut) return "";
    if (!changed) {
      this.#bareSent += run.raw;
      return run.raw;
    }
    if (this.#bareSent === "") {
      this.#quoted = true;
      return `"${escaped(text)}`;
    }
    this.#bareCut = true;
    return completed(this.#bareSent);
  }
}

/** What makes a valid token of the beginning of one. */
function completed(sent: string): string {
  const literal = ["true", "false", "null"].find((word) => word.startsWith(sent));
  if (literal !== undefined) return literal.slice(sent.length);
  return /[-+.eE]$/.test(sent) ? "0" : "";
}

/** The part of `text` that `original` does not have. */
function inserted(original: string, text: string): string {
  const most = Math.min(original.length, text.length);
  let head = 0;
  while (head < most && original[head] === text[head]) head++;
  let tail = 0;
  while (tail < most - head && original[original.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  return text.slice(head, text.length - tail);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Reader and writer of one document that is decoded ahead of being sent. */
export class JsonText {
  readonly reader = new JsonTextReader();
  readonly writer = new JsonTextWriter();
  /** How much of an escape went with earlier fragments, before it was whole. */
  #halfSent = 0;

  /** What is still to be sent of `half`. */
  sendHalf(half: string): string {
    if (half === "") return "";
    const rest = half.slice(this.#halfSent);
    this.#halfSent = half.length;
    return rest;
  }

  /** `raw` without the half of its first escape that has been sent. */
  withoutHalf(raw: string): string {
    if (raw === "" || this.#halfSent === 0) return raw;
    const rest = raw.slice(this.#halfSent);
    this.#halfSent = 0;
    return rest;
  }
}
