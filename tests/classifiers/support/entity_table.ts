/** Table tests of entities: values that must be found exactly, and look-alikes that must not. */
import assert from "node:assert/strict";
import { buildClassifierSet } from "../../../src/classifiers/registry.ts";
import type { ScoreSpan } from "../../../src/classifiers/types.ts";

const set = buildClassifierSet({});

/** The spans that a built-in entity classifier finds in a whole text. */
export async function spansIn(text: string, classifier = "pii_detector"): Promise<readonly ScoreSpan[]> {
  const session = set.get(classifier)!.open({ tenant: "t", phase: "ingress", contextChunks: 0 }, new AbortController().signal);
  return (await session.push(text)).spans ?? [];
}

export interface EntityTable {
  readonly classifier?: string;
  readonly entity: string;
  /** Values, or [text before, value]: found exactly, at the start, in the middle and at the end of a text. */
  readonly found: readonly (string | readonly [before: string, value: string])[];
  /** Its last digit or letter is a check: another one there makes each value a look-alike. */
  readonly checked?: boolean;
  /** Texts in which the entity must not be found. */
  readonly lookAlikes: readonly string[];
}

/** The value with another last digit or letter. */
function miscopied(value: string): string {
  const last = value.at(-1)!;
  const other = /\d/.test(last) ? String((Number(last) + 1) % 10) : last.toUpperCase() === "A" ? "B" : "A";
  return value.slice(0, -1) + (last === last.toLowerCase() ? other.toLowerCase() : other);
}

/** Declares the tests of one entity. */
export function entityTable({ classifier, entity, found, checked = false, lookAlikes }: EntityTable): void {
  const values = found.map((entry): readonly [string, string] => typeof entry === "string" ? ["Here: ", entry] : entry);
  const textsIn = async (text: string) =>
    (await spansIn(text, classifier)).filter((span) => span.entity === entity).map(({ from, to }) => text.slice(from, to));
  Deno.test(`${entity}: each of ${found.length} values is found whole`, async () => {
    for (const [before, value] of values) {
      for (const after of ["", ".", " and more", "\nNext line", '"']) {
        const text = before + value + after;
        assert.ok((await textsIn(text)).includes(value), `${JSON.stringify(text)}: found ${JSON.stringify(await textsIn(text))}`);
      }
    }
  });
  const others = [...lookAlikes, ...checked ? values.map(([before, value]) => before + miscopied(value)) : []];
  Deno.test(`${entity}: none of ${others.length} look-alikes is found`, async () => {
    for (const text of others) assert.deepEqual(await textsIn(text), [], JSON.stringify(text));
  });
}
