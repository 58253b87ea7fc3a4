/** Precision, recall and F1 of `pii_detector` per kind of entity, on sentences with spans. */
import { piiDetector } from "../../src/classifiers/entities/detector.ts";
import { readLines } from "../train/rows.ts";
import { type Structured, STRUCTURED_KINDS, structuredTexts } from "./structured.ts";

/** Kinds in the labelled data, and the detector's entities that answer to them. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  CREDIT_CARD: ["credit_card"],
  IBAN: ["iban"],
  EMAIL: ["email"],
  PHONE: ["phone"],
  SSN: ["ssn"],
  IP: ["ip_address"],
  PASSPORT: ["passport"],
  DOB: ["date_of_birth"],
  PERSON: ["person"],
  ADDRESS: ["address", "us_zip_code", "uk_postcode", "ca_postal_code", "po_box"],
};

export interface EntityFigures {
  readonly kind: string;
  readonly n: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Figures on the shared generated sentences. Throws `Deno.errors.NotFound` when they are absent. */
export async function sharedFigures(): Promise<EntityFigures[]> {
  return await entityFigures((await readLines("pii")).map(parse), KINDS);
}

/** Figures on our own generated sentences of structured entities. */
export async function structuredFigures(): Promise<EntityFigures[]> {
  return await entityFigures(structuredTexts(3), Object.fromEntries(STRUCTURED_KINDS.map((kind) => [kind, [kind]])));
}

/** A found span counts when it overlaps a labelled one of its kind; spans below 0.5 are not reported. */
async function entityFigures(texts: readonly Structured[], kinds: Readonly<Record<string, readonly string[]>>): Promise<EntityFigures[]> {
  const detector = piiDetector("pii_detector", {});
  const counts = new Map(Object.keys(kinds).map((kind) => [kind, { found: 0, right: 0, labelled: 0, missed: 0 }]));
  for (const { text, spans } of texts) {
    const answer = await detector.open({ tenant: "eval", phase: "ingress", contextChunks: 0 }, new AbortController().signal).push(text);
    for (const [kind, entities] of Object.entries(kinds)) {
      const count = counts.get(kind)!;
      const labelled = spans.filter((span) => span.type === kind);
      const found = (answer.spans ?? []).filter((span) => span.score >= 0.5 && entities.includes(span.entity));
      count.labelled += labelled.length;
      count.missed += labelled.filter((span) => !found.some((other) => overlap(span, other))).length;
      // An address is several entities: parts of one labelled span are one finding.
      count.found += found.length;
      count.right += found.filter((span) => labelled.some((other) => overlap(span, other))).length;
    }
  }
  return [...counts].map(([kind, { found, right, labelled, missed }]) => {
    const precision = right / found, recall = (labelled - missed) / labelled;
    return { kind, n: labelled, precision, recall, f1: 2 * precision * recall / (precision + recall) };
  });
}

function overlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Offsets in the file count code points. */
function parse(line: string): Structured {
  const row: { text: string; spans: { start: number; end: number; type: string }[] } = JSON.parse(line);
  const points = [...row.text];
  const units = (count: number) => points.slice(0, count).join("").length;
  const plain = points.length === row.text.length;
  return {
    text: row.text,
    spans: row.spans.map(({ start, end, type }) => ({ from: plain ? start : units(start), to: plain ? end : units(end), type })),
  };
}
