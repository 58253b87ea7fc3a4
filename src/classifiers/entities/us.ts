/** United States: social security numbers. */
import { digitsOf } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** SSA: no area 000, 666 or 9xx, no group 00, no serial 0000; the numbers of advertisements are void. */
function isSsn(match: string): boolean {
  const digits = digitsOf(match);
  const area = digits.slice(0, 3);
  if (digits.length !== 9 || area === "000" || area === "666" || area >= "900") return false;
  return digits.slice(3, 5) !== "00" && digits.slice(5) !== "0000" && digits !== "078051120" && digits !== "219099999";
}

const SSN_WORDS = ["ssn", "social security", "social security number", "social", "tax id", "taxpayer"];

export const US: readonly EntityRule[] = [
  {
    entity: "ssn",
    label: "US social security number",
    region: "US",
    score: 0.95,
    // A longer dashed number is taken whole, so that its parts do not pass for one.
    pattern: String.raw`\b\d{3}-\d{2}-\d{4}(?:-\d+)?\b`,
    valid: (match, before) => match.length === 11 && !/[\d-]$/.test(before) && isSsn(match),
  },
  {
    entity: "ssn",
    label: "US social security number",
    region: "US",
    score: 0.95,
    pattern: String.raw`\b\d{3}[ .]\d{2}[ .]\d{4}\b`,
    valid: (match, before) => match[3] === match[6] && !/\d[ .]?$/.test(before) && isSsn(match),
    context: SSN_WORDS,
    without: 0.6,
  },
  {
    entity: "ssn",
    label: "US social security number",
    region: "US",
    score: 0.9,
    pattern: String.raw`\b\d{9}\b`,
    valid: isSsn,
    context: SSN_WORDS,
  },
];
