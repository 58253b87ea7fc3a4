/**
 * What every wire format must do, whatever it is. A format's tests call `formatConformance` with its fixture streams
 * (`tests/fixtures/streams/<api>/`), each of which is run whole, byte by byte and at random splits.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readerFor } from "../../src/formats/mod.ts";
import { concatBytes } from "../../src/formats/sse.ts";
import type { DecodedEvent, StreamCodec, StreamFormat } from "../../src/formats/types.ts";
import { testRuns } from "../support/runs.ts";

export interface StreamFixture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The fixture streams of a format. */
export function fixturesOf(folder: string): StreamFixture[] {
  const root = new URL(`../fixtures/streams/${folder}/`, import.meta.url);
  const names = [...Deno.readDirSync(root)].map(({ name }) => name).sort();
  return names.map((name) => ({ name, bytes: Deno.readFileSync(new URL(name, root)) }));
}

export interface Run {
  readonly codec: StreamCodec;
  readonly events: readonly DecodedEvent[];
}

const OPTIONS = { model: "gpt-4o", includeUsage: true };

/** Decodes a stream that comes in these pieces. */
export function decodeAll(format: StreamFormat, pieces: Iterable<Uint8Array>): Run {
  const codec = format.open(OPTIONS);
  const reader = readerFor(format);
  const events: DecodedEvent[] = [];
  for (const piece of pieces) for (const event of reader.push(piece)) events.push(codec.decode(event));
  for (const event of reader.finish()) events.push(codec.decode(event));
  return { codec, events };
}

/** Text by choice and channel. */
export function textsOf(events: readonly DecodedEvent[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { deltas } of events) {
    for (const { choice, channel, text } of deltas) texts[`${choice}/${channel}`] = (texts[`${choice}/${channel}`] ?? "") + text;
  }
  return texts;
}

function facts({ events }: Run): unknown {
  return events.map(({ deltas, ends, finish, usage, error, kind }) => ({ deltas, ends, finish, usage, error, kind }));
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const points = [0, ...[...new Set(at.map((point) => point % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length];
  return points.slice(1).map((point, i) => bytes.slice(points[i], point));
}

function forwardAll({ codec, events }: Run): Uint8Array {
  return concatBytes(events.map((event) => event.kind === "transparent" ? event.raw : codec.forward(event)));
}

/** A stream cut off in its last event gets that event's blank line. */
function completed(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (/(\n|\r\n?)(\n|\r\n?)$/.test(text) || (text.startsWith("{") && text.endsWith("\n"))) return bytes;
  return new TextEncoder().encode(text + (text.endsWith("\n") || text.startsWith("{") ? "\n" : "\n\n"));
}

function rewriteAll({ codec, events }: Run, change: (text: string) => string): Uint8Array {
  return concatBytes(events.map((event) => {
    if (event.kind === "transparent") return event.raw;
    const texts = event.deltas.map(({ text }) => change(text));
    // Rewriting with the same texts is how a guard takes stray tokens out, and leaves the half of an escape to the next fragment.
    const same = (event.stray || event.deltas.some(({ half }) => half)) && texts.every((text, i) => text === event.deltas[i]!.text);
    return same ? codec.forward(event) : codec.rewrite(event, texts);
  }));
}

function payloads(format: StreamFormat, bytes: Uint8Array): unknown[] {
  const reader = readerFor(format);
  return [...reader.push(bytes), ...reader.finish()].flatMap(({ data }) => {
    if (data === undefined) return [];
    return [data.startsWith("{") ? JSON.parse(data) : data];
  });
}

/** Registers the tests of one format. */
export function formatConformance(format: StreamFormat, fixtures: readonly StreamFixture[]): void {
  const { api } = format;
  for (const { name, bytes } of fixtures) {
    Deno.test(`${api} ${name}: decodes alike whole, byte by byte and at random splits`, () => {
      const whole = decodeAll(format, [bytes]);
      const expected = facts(whole);
      assert.deepEqual(facts(decodeAll(format, Array.from(bytes, (byte) => Uint8Array.of(byte)))), expected);
      fc.assert(
        fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), (points) => {
          const run = decodeAll(format, cut(bytes, points));
          assert.deepEqual(facts(run), expected);
          assert.deepEqual(concatBytes(run.events.map(({ raw }) => raw)), completed(bytes));
        }),
        { numRuns: Math.min(testRuns(30), 1000) },
      );
    });

    Deno.test(`${api} ${name}: untouched events are forwarded byte for byte`, () => {
      assert.deepEqual(forwardAll(decodeAll(format, [bytes])), completed(bytes));
    });

    Deno.test(`${api} ${name}: forwarding keeps every text`, () => {
      const run = decodeAll(format, [bytes]);
      assert.deepEqual(textsOf(decodeAll(format, [forwardAll(run)]).events), textsOf(run.events));
    });

    Deno.test(`${api} ${name}: rewriting with the same texts changes nothing`, () => {
      const run = decodeAll(format, [bytes]);
      const forwarded = forwardAll(decodeAll(format, [bytes]));
      assert.deepEqual(payloads(format, rewriteAll(run, (text) => text)), payloads(format, forwarded));
    });

    Deno.test(`${api} ${name}: rewriting puts the new texts in place of the old ones, and nothing of the old ones is left`, () => {
      const run = decodeAll(format, [bytes]);
      const plain = run.events.flatMap(({ deltas }) =>
        deltas.filter(({ json, text }) => !json && text.trim().length > 1).map(({ text }) => text)
      );
      const out = rewriteAll(run, (text) => text.trim().length > 1 ? "§§" : text);
      const expected = run.events.map(({ deltas }) =>
        deltas.filter(({ json }) => !json).map(({ text }) => text.trim().length > 1 ? "§§" : text)
      );
      const again = decodeAll(format, [out]).events.map(({ deltas }) => deltas.filter(({ json }) => !json).map(({ text }) => text));
      assert.deepEqual(again.flat().join(""), expected.flat().join(""));
      const said = Object.values(textsOf(decodeAll(format, [out]).events)).join("\n");
      for (const text of plain) assert.ok(!said.includes(text), text);
    });

    Deno.test(`${api} ${name}: tool arguments stay valid JSON whatever is replaced`, () => {
      const original = documents(run0(format, bytes));
      fc.assert(
        fc.property(fc.infiniteStream(fc.constantFrom("keep", "empty", "mark", "quote")), (choices) => {
          const run = decodeAll(format, [bytes]);
          const next = () => choices.next().value;
          const out = concatBytes(run.events.map((event) => {
            if (event.kind === "transparent") return event.raw;
            const texts = event.deltas.map(({ text, json }) => json && text !== "" ? changed(text, next()) : text);
            // The half of an escape is forwarded only where its character is not replaced, and here any may be.
            const same = texts.every((text, i) => text === event.deltas[i]!.text) && !event.deltas.some(({ half }) => half);
            return same ? run.codec.forward(event) : run.codec.rewrite(event, texts);
          }));
          const after = documents(run0(format, out));
          for (const [key, text] of Object.entries(original)) {
            if (parses(text)) assert.ok(parses(after[key] ?? ""), `${key}: ${text} became ${after[key]}`);
          }
        }),
        { numRuns: Math.min(testRuns(50), 2000) },
      );
    });

    Deno.test(`${api} ${name}: a stop after any event is a well-formed end`, () => {
      const { events } = decodeAll(format, [bytes]);
      const first = events.findIndex(({ finish, kind }) => finish !== undefined || kind === "terminator");
      const last = first < 0 ? events.length : first;
      for (let stop = 1; stop <= last; stop++) {
        const run = decodeAll(format, [bytes]);
        const sent = run.events.slice(0, stop).map((event) => event.kind === "transparent" ? event.raw : run.codec.forward(event));
        const choice = run.events[stop - 1]!.deltas[0]?.choice ?? 0;
        const end = concatBytes([
          run.codec.stopChoice(choice, { rule: "r", message: "Stopped." }),
          run.codec.end({ promptTokens: 3, completionTokens: 2 }),
        ]);
        const before = textsOf(decodeAll(format, sent).events);
        const after = decodeAll(format, [...sent, end]).events;
        const content = `${choice}/content`;
        assert.equal(textsOf(after)[content], (before[content] ?? "") + "Stopped.");
        // A custom format may only know that it is over, not why.
        const reason = format.api === "custom" ? /content_filter|stop/ : /content_filter|refusal/;
        assert.ok(after.some(({ finish }) => finish?.choice === choice && reason.test(finish.reason)));
        assert.equal(after.at(-1)?.kind, "terminator");
      }
    });

    Deno.test(`${api} ${name}: a failure is an error event`, () => {
      const run = decodeAll(format, [bytes]);
      const end = run.codec.fail({ message: "It broke", type: "backend_error", code: "backend_error" });
      assert.ok(decodeAll(format, [end]).events.some(({ error }) => error?.message === "It broke"));
    });

    Deno.test(`${api} ${name}: text inserted at the end is content`, () => {
      const run = decodeAll(format, [bytes]);
      const index = run.events.findIndex(({ finish }) => finish !== undefined);
      if (index < 0) return;
      const { choice } = run.events[index]!.finish!;
      const sent = run.events.map((event, i) => {
        const bytes = event.kind === "transparent" ? event.raw : undefined;
        const added = i === index ? run.codec.insert(choice, "content", "\nNot advice.") : new Uint8Array(0);
        return concatBytes([added, bytes ?? run.codec.forward(event)]);
      });
      const again = decodeAll(format, sent).events;
      const content = `${choice}/content`;
      const own = run.events[index]!.deltas.filter((delta) => delta.choice === choice && delta.channel === "content").map(({ text }) =>
        text
      ).join("");
      const said = textsOf(run.events)[content] ?? "";
      // A response whose text comes all at once with its end has no place before the end.
      if (own !== "" && api === "openai-responses") return;
      assert.equal(textsOf(again)[content], `${said.slice(0, said.length - own.length)}\nNot advice.${own}`);
    });

    Deno.test(`${api} ${name}: an event sent in two parts says the same`, () => {
      const run = decodeAll(format, [bytes]);
      const out = run.events.map((event) => {
        if (event.kind === "transparent") return event.raw;
        const [only] = event.deltas;
        if (event.deltas.length !== 1 || only === undefined || only.text.length < 2 || only.channel.startsWith("other:")) {
          return run.codec.forward(event);
        }
        const half = only.text.length >> 1;
        const lead = run.codec.split(event, [only.text.slice(0, half)]);
        return concatBytes([lead, run.codec.rewrite(event, [only.text.slice(half)])]);
      });
      const again = decodeAll(format, out);
      assert.deepEqual(textsOf(again.events), textsOf(run.events));
      assert.deepEqual(again.events.flatMap(({ finish }) => finish ?? []), run.events.flatMap(({ finish }) => finish ?? []));
    });
  }
}

function run0(format: StreamFormat, bytes: Uint8Array): readonly DecodedEvent[] {
  return decodeAll(format, [bytes]).events;
}

/** The text of every JSON channel: a decoded document, so only documents without escapes in them parse again. */
function documents(events: readonly DecodedEvent[]): Record<string, string> {
  const raw: Record<string, string> = {};
  for (const { deltas } of events) {
    for (const { choice, channel, text, json } of deltas) {
      if (json) raw[`${choice}/${channel}`] = (raw[`${choice}/${channel}`] ?? "") + text.replace(/[\n\\]/g, "?");
    }
  }
  return raw;
}

function changed(text: string, how: string): string {
  switch (how) {
    case "keep":
      return text;
    case "empty":
      return "";
    case "mark":
      return `${text.slice(0, text.length >> 1)}[REDACTED]`;
    default:
      return "<EMAIL_1>";
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
