/** Places in an event or answer that carry guarded text, and what becomes of them. */
import { type JsonEditor, type JsonNode, type JsonPath, nodeAt } from "./json_nodes.ts";
import { type JsonRun, JsonText } from "./json_text.ts";
import type { Channel, TextDelta } from "./types.ts";

/** One piece of text; JSON fragments are guarded run by run (`json_text.ts`). */
export interface Slot {
  readonly choice: number;
  readonly channel: Channel;
  /** As it stands in the event. */
  readonly source: string;
  /** Where it stands; several when the event says the same text more than once. */
  readonly paths: readonly JsonPath[];
  /** The text is complete with it. */
  readonly ends?: boolean;
  readonly json?: {
    readonly document: JsonText;
    runs: JsonRun[];
    /** The half of an escape with which the fragment ends, as far as it has come; the next fragment completes it. */
    readonly half: string;
    /** The document is a JSON value in the event itself, not a string that holds one. */
    readonly inPlace?: boolean;
  };
}

export function textSlot(choice: number, channel: Channel, source: string, ...paths: JsonPath[]): Slot {
  return { choice, channel, source, paths };
}

/** A fragment of the JSON document that `document` has read so far. */
export function jsonSlot(choice: number, channel: Channel, source: string, document: JsonText, ...paths: JsonPath[]): Slot {
  const runs = document.reader.push(source);
  return { choice, channel, source, paths, json: { document, runs, half: document.reader.partial } };
}

/** What the guard sees: one delta per text, one per run of a JSON fragment (an empty one when it has none). */
export function deltasOf(slots: readonly Slot[]): TextDelta[] {
  const deltas: TextDelta[] = [];
  for (const { choice, channel, source, json, ends } of slots) {
    if (json === undefined) deltas.push({ choice, channel, text: source });
    else if (json.runs.length === 0) deltas.push({ choice, channel, text: "", json: true });
    else for (const run of json.runs) deltas.push({ choice, channel, text: run.text, json: true });
    // What the half is a part of is decided with the next fragment.
    if (json !== undefined && json.half !== "") deltas.push({ ...deltas.pop()!, half: true });
    if (ends) deltas.push({ ...deltas.pop()!, ends });
  }
  return deltas;
}

/**
 * What each slot reads after guarding; `texts` stand for `deltasOf(slots)`. Undefined when they are unchanged, and what becomes of
 * halves of escapes at their ends is, too: then the halves go with them.
 */
export function written(slots: readonly Slot[], texts?: readonly string[]): string[] {
  let next = 0;
  return slots.map(({ source, json }) => {
    if (json === undefined) return texts?.[next++] ?? source;
    const { runs, document, half } = json;
    const own = texts === undefined ? runs.map((run) => run.text) : texts.slice(next, next + runs.length);
    next += Math.max(runs.length, 1);
    const out = document.withoutHalf(document.writer.write(runs, own));
    return texts === undefined ? out + document.sendHalf(half) : out;
  });
}

/**
 * The leading part of the slots' text, sent ahead; the runs keep what is left. `texts` as for `written`, already guarded.
 * Structure goes out whole or not at all. `isWhole`: this text (by number, of this choice) is complete, even if it is empty.
 */
export function writtenAhead(
  slots: readonly Slot[],
  texts: readonly string[],
  isWhole: (index: number, choice: number) => boolean = () => false,
): string[] {
  let next = 0;
  return slots.map(({ json, choice }) => {
    if (json === undefined) return texts[next++] ?? "";
    if (json.runs.length === 0) next++;
    let out = "";
    json.runs = json.runs.map((run) => {
      const at = next++;
      const lead = texts[at] ?? "";
      if (lead === run.text || isWhole(at, choice)) {
        out += json.document.writer.write([run], [lead]);
        return { ...run, raw: "", text: "", first: false };
      }
      if (lead === "" || run.kind === "structure") return run;
      const unchanged = run.text.startsWith(lead);
      const ahead: JsonRun = unchanged && run.kind !== "string"
        ? { ...run, raw: lead, text: lead }
        : { ...run, text: unchanged ? "" : run.text };
      out += json.document.writer.write([ahead], [lead]);
      const left = unchanged ? run.text.slice(lead.length) : "";
      return { ...run, raw: run.kind === "string" ? JSON.stringify(left).slice(1, -1) : left, text: left, first: false };
    });
    return json.document.withoutHalf(out);
  });
}

/** Puts the new texts in their places. */
export function place(editor: JsonEditor, slots: readonly Slot[], texts: readonly string[]): void {
  slots.forEach(({ source, paths, json }, i) => {
    const text = texts[i];
    if (text === undefined || text === source) return;
    for (const path of paths) {
      if (json?.inPlace) editor.replaceAt(path, text);
      else editor.set(path, text);
    }
  });
}

/** The slots of a JSON value that stands in a body as it is (not as a string): its own source is the document. */
export function valueSlot(choice: number, channel: Channel, body: string, root: JsonNode, path: JsonPath): Slot | undefined {
  const node = nodeAt(root, path);
  if (node === undefined) return undefined;
  const source = body.slice(node.start, node.end);
  const document = new JsonText();
  return { choice, channel, source, paths: [path], json: { document, runs: document.reader.push(source), half: "", inPlace: true } };
}
