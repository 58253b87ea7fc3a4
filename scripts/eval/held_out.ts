/** Scores rows with models that saw nothing of their source. */
import { openLexical } from "../../src/classifiers/lexical.ts";
import { LinearModel } from "../../src/classifiers/linear.ts";
import { train } from "../train/train.ts";
import type { Recipe } from "../train/recipes.ts";
import type { Row } from "../train/rows.ts";
import type { Scored } from "../train/metrics.ts";

/** A row with the score it got. */
export interface Judged extends Scored {
  readonly source: string;
  /** Family of an own template, or the source's own label. */
  readonly sub: string;
  readonly lang: string;
}

/** Longer texts are cut: a few books among the rows would dominate the time. */
const MAX_CHARS = 6000;
/** Rows judged per source at most, spread evenly. */
const MAX_ROWS = 4000;

function judge(recipe: Recipe, model: LinearModel, rows: readonly Row[]): Judged[] {
  const spec = recipe.spec(model);
  return rows.map(({ text, label, source, sub, lang }) => ({
    label,
    source,
    sub,
    lang,
    score: openLexical(spec, { contextChunks: 0 }).push(text.slice(0, MAX_CHARS)).score,
  }));
}

function thinned(rows: readonly Row[]): Row[] {
  const counts = new Map<string, number>(), seen = new Map<string, number>();
  for (const { source } of rows) counts.set(source, (counts.get(source) ?? 0) + 1);
  return rows.filter(({ source }) => {
    const index = seen.get(source) ?? 0;
    seen.set(source, index + 1);
    return index % Math.ceil(counts.get(source)! / MAX_ROWS) === 0;
  });
}

/** Every row of a fold, judged by a model trained without any source of that fold. */
export function bySource(recipe: Recipe, rows: readonly Row[]): Judged[] {
  return recipe.folds.flatMap((fold) => {
    const held = (row: Row) => fold.some((part) => row.source.includes(part));
    return judge(recipe, new LinearModel(train(recipe, rows.filter((row) => !held(row)))), thinned(rows.filter(held)));
  });
}

/** One row in ten, picked by a hash of its text, judged by a model trained on the others. */
export function byRow(recipe: Recipe, rows: readonly Row[]): Judged[] {
  const held = ({ text }: Row) => hash(text) % 10 === 0;
  return judge(recipe, new LinearModel(train(recipe, rows.filter((row) => !held(row)))), rows.filter(held));
}

function hash(text: string): number {
  let value = 7;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) | 0;
  return Math.abs(value);
}
