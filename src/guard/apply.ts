/** Decided replacements of one text, and the text that comes out. Offsets are UTF-16 units of the original text. */
import type { Action } from "../policy/types.ts";

/** `[from, to)` reads `text` instead. */
export interface Edit {
  readonly from: number;
  to: number;
  readonly text: string;
}

/**
 * Edits in text order, never overlapping: where a later one begins inside an earlier one, the earlier replacement stands
 * for both. Originals are matched and replacements are not rescanned.
 */
export class EditList {
  readonly #edits: Edit[] = [];
  #cut = 0;

  /** Everything before it is decided to be dropped or replaced. */
  get cut(): number {
    return this.#cut;
  }

  /** `from` must not be before that of any earlier call. Returns how many characters it newly covers. */
  add(from: number, to: number, text: string): number {
    const last = this.#edits[this.#edits.length - 1];
    if (last !== undefined && from < this.#cut) {
      if (to <= this.#cut) return 0;
      const more = to - this.#cut;
      last.to = to;
      this.#cut = to;
      return more;
    }
    this.#edits.push({ from, to, text });
    this.#cut = to;
    return to - from;
  }

  /** What `[from, from + text.length)`, whose original is `text`, reads now. A replacement appears where its edit begins. */
  apply(from: number, text: string): string {
    const end = from + text.length;
    let out = "";
    let position = from;
    for (let i = this.#firstAfter(from); i < this.#edits.length; i++) {
      const edit = this.#edits[i]!;
      if (edit.to <= position) continue;
      if (edit.from >= end) break;
      if (edit.from > position) out += text.slice(position - from, edit.from - from);
      if (edit.from >= from) out += edit.text;
      position = Math.min(edit.to, end);
    }
    return position === from && out === "" && !this.#covers(from, end) ? text : out + text.slice(position - from);
  }

  /** True when `[from, to)` is touched by no edit. */
  untouched(from: number, to: number): boolean {
    return !this.#covers(from, to);
  }

  /** Edits that end before `position` will not be asked for again. */
  forget(position: number): void {
    let keep = 0;
    while (keep < this.#edits.length && this.#edits[keep]!.to <= position) keep++;
    if (keep > 0) this.#edits.splice(0, keep);
  }

  #covers(from: number, to: number): boolean {
    const edit = this.#edits[this.#firstAfter(from)];
    return edit !== undefined && edit.from < to;
  }

  /** Index of the first edit that ends after `position`: edits never overlap, so their ends ascend too. */
  #firstAfter(position: number): number {
    let low = 0, high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#edits[middle]!.to <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a redaction puts in place of `original`. */
export function replacementFor(action: Extract<Action, { kind: "redact" }>, original: string): string {
  if (!action.preserveLength) return action.replacement;
  const fill = [...action.replacement].length === 1 ? action.replacement : "*";
  return fill.repeat([...original].length);
}

/** What a transform makes of `original`. */
export function transformed(action: Extract<Action, { kind: "transform" }>, original: string): string {
  switch (action.operation) {
    case "lowercase":
      return original.toLowerCase();
    case "uppercase":
      return original.toUpperCase();
    case "trim":
      return original.trim();
  }
}
