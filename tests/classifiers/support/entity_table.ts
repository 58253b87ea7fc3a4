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
  /** Texts in which the entity must not be found. */
  readonly lookAlikes: readonly string[];
}

/** Declares the tests of one entity. */
export function entityTable({ classifier, entity, found, lookAlikes }: EntityTable): void {
  Deno.test(`${entity}: each of ${found.length} values is found whole`, async () => {
    for (const entry of found) {
      const [before, value] = typeof entry === "string" ? ["Here: ", entry] : entry;
      for (const after of ["", ".", " and more", "\nNext line", '"']) {
        const text = before + value + after;
        const texts = (await spansIn(text, classifier)).filter((span) => span.entity === entity).map(({ from, to }) =>
          text.slice(from, to)
        );
        assert.deepEqual(texts, [value], JSON.stringify(text));
      }
    }
  });
  Deno.test(`${entity}: none of ${lookAlikes.length} look-alikes is found`, async () => {
    for (const text of lookAlikes) {
      const texts = (await spansIn(text, classifier)).filter((span) => span.entity === entity).map(({ from, to }) => text.slice(from, to));
      assert.deepEqual(texts, [], JSON.stringify(text));
    }
  });
}
