/** `when: score > 0.5`, `when: label == "x"`, `when: label in [a, b]`. */
import type { Score } from "../types.ts";

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** The test a condition states; undefined when it is not one. */
export function parseCondition(text: string): ((score: Score) => boolean) | undefined {
  const onScore = /^\s*score\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)?|\.\d+)\s*$/.exec(text);
  if (onScore !== null) {
    const compare = COMPARE[onScore[1]!]!, value = Number(onScore[2]);
    return ({ score }) => compare(score, value);
  }
  const onLabel = /^\s*label\s*(==|!=)\s*(?:"([^"]+)"|'([^']+)'|([^\s"'\[\]]+))\s*$/.exec(text);
  if (onLabel !== null) {
    const value = onLabel[2] ?? onLabel[3] ?? onLabel[4], equal = onLabel[1] === "==";
    return ({ label }) => (label === value) === equal;
  }
  const inList = /^\s*label\s+in\s+\[([^\]]+)\]\s*$/.exec(text);
  if (inList !== null) {
    const values = new Set(inList[1]!.split(",").map((value) => value.trim().replace(/^(["'])(.*)\1$/, "$2")));
    return ({ label }) => label !== undefined && values.has(label);
  }
  return undefined;
}
