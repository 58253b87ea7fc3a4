/** Telephone numbers: E.164 and the commonest national ways of writing them. */
import { digitsOf } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

export const PHONE: readonly EntityRule[] = [
  {
    entity: "phone",
    label: "Telephone number",
    region: "global",
    score: 0.95,
    pattern: String.raw`\+[1-9](?:[ ./()-]{0,2}\d){6,14}\b`,
    valid: (match, before) => digitsOf(match).length >= 8 && !/[\w+]$/.test(before),
  },
  {
    entity: "phone",
    label: "Telephone number",
    region: "US",
    score: 0.85,
    pattern: String.raw`(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[.-])\d{3}[.-]\d{4}\b`,
    valid: (match, before) => match.startsWith("(") || match[3] === match[7] && !/[\d.-]$/.test(before),
  },
];
