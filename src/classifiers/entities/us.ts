/** United States: social security and tax numbers, health and licence numbers. */
import { digitsOf, luhn } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** SSA: no area 000, 666 or 9xx, no group 00, no serial 0000; the numbers of advertisements are void. */
function isSsn(match: string): boolean {
  const digits = digitsOf(match);
  const area = digits.slice(0, 3);
  if (digits.length !== 9 || area === "000" || area === "666" || area >= "900") return false;
  return digits.slice(3, 5) !== "00" && digits.slice(5) !== "0000" && digits !== "078051120" && digits !== "219099999";
}

/** IRS: 9xx with a group of 50–65, 70–88, 90–92 or 94–99. */
function isItin(match: string): boolean {
  const group = Number(digitsOf(match).slice(3, 5));
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || group >= 94;
}

/** DEA: second letter is the surname's; check digit over six digits. */
function isDea(match: string): boolean {
  const d = [...match.slice(2)].map(Number);
  const sum = d[0]! + d[2]! + d[4]! + 2 * (d[1]! + d[3]! + d[5]!);
  return sum % 10 === d[6];
}

const SSN = { entity: "ssn", label: "US social security number", region: "US", score: 0.95 } as const;
const SSN_WORDS = ["ssn", "social security", "social security number", "social", "soc sec", "tax id", "taxpayer"];

export const US: readonly EntityRule[] = [
  {
    ...SSN,
    // A longer dashed number is taken whole, so that its parts do not pass for one.
    pattern: String.raw`\b\d{3}-\d{2}-\d{4}(?:-\d{1,8})?\b`,
    valid: (match, before) => match.length === 11 && !/[\d-]$/.test(before) && isSsn(match),
  },
  {
    ...SSN,
    pattern: String.raw`\b\d{3}[ .]\d{2}[ .]\d{4}\b`,
    valid: (match, before) => match[3] === match[6] && !/[\d+][ .]?$/.test(before) && isSsn(match),
    context: SSN_WORDS,
    without: 0.6,
  },
  { ...SSN, score: 0.9, pattern: String.raw`\b\d{9}\b`, valid: isSsn, context: SSN_WORDS },
  {
    entity: "us_itin",
    label: "US individual taxpayer number",
    region: "US",
    score: 0.9,
    pattern: String.raw`\b9\d{2}-\d{2}-\d{4}\b`,
    valid: (match, before) => !/[\d-]$/.test(before) && isItin(match),
  },
  {
    entity: "us_itin",
    label: "US individual taxpayer number",
    region: "US",
    score: 0.85,
    pattern: String.raw`\b9\d{2} ?\d{2} ?\d{4}\b`,
    valid: isItin,
    context: ["itin", "taxpayer", "tax id"],
  },
  {
    entity: "us_ein",
    label: "US employer identification number",
    region: "US",
    score: 0.85,
    pattern: String.raw`\b\d{2}-?\d{7}\b`,
    valid: (match) => !/^(?:0[07-9]|1[7-9]|28|29|49|69|70|78|79|89|9[67])/.test(match),
    context: ["ein", "fein", "employer identification", "federal tax id"],
  },
  {
    entity: "us_medicare_id",
    label: "US Medicare beneficiary identifier",
    region: "US",
    score: 0.85,
    // CMS: C A AN N A AN N A A N N, without the letters S, L, O, I, B and Z.
    pattern: String.raw`\b[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}\b`,
    context: ["medicare", "mbi", "beneficiary"],
    without: 0.6,
  },
  {
    entity: "us_npi",
    label: "US national provider identifier",
    region: "US",
    score: 0.85,
    pattern: String.raw`\b[12]\d{9}\b`,
    valid: (match) => luhn("80840" + match),
    context: ["npi", "provider identifier", "national provider"],
  },
  {
    entity: "us_dea_number",
    label: "US DEA registration number",
    region: "US",
    score: 0.9,
    pattern: String.raw`\b[A-HJ-MP-UX][A-Z9]\d{7}\b`,
    valid: isDea,
    context: ["dea", "prescriber", "registration"],
    without: 0.5,
  },
];
