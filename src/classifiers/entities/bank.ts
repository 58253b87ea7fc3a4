/** Bank accounts: IBAN, BIC, national account and routing numbers. */
import { alphanumericsOf, digitsOf, mod97, weightedSum } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** Total lengths of IBANs by country (SWIFT IBAN registry, release 99). */
export const IBAN_LENGTHS: Readonly<Record<number, string>> = {
  15: "NO",
  16: "BE",
  18: "DK FI FK FO GL NL SD",
  19: "MK SI",
  20: "AT BA EE KZ LT LU MN XK",
  21: "CH HR LI LV",
  22: "BG BH CR DE GB GE IE ME RS VA",
  23: "AE GI IL IQ OM SO TL",
  24: "AD CZ ES MD PK RO SA SE SK TN VG",
  25: "LY PT ST",
  26: "IS TR",
  27: "BI DJ FR GR IT MC MR SM",
  28: "AL AZ BY CY DO GT HU LB NI PL SV",
  29: "BR EG PS QA UA",
  30: "JO KW MU YE",
  31: "MT SC",
  32: "LC",
  33: "RU",
};

/** Typed in capitals or without any; what mixes them is a token of another kind. */
function isOneCase(match: string): boolean {
  return match === match.toUpperCase() || match === match.toLowerCase();
}

/** One rule per length, so a match ends where its country says, whatever follows. */
const IBANS = Object.entries(IBAN_LENGTHS).map(([length, countries]): EntityRule => ({
  entity: "iban",
  label: "International bank account number",
  region: "global",
  score: 0.99,
  pattern: String.raw`\b(?:${countries.replaceAll(" ", "|")})\d{2}(?:[ -]?[0-9A-Z]){${Number(length) - 4}}\b`,
  caseInsensitive: true,
  valid: (match) => isOneCase(match) && mod97(alphanumericsOf(match)),
}));

/** American Bankers Association: weights 3-7-1, and the first two digits name a Federal Reserve district. */
function isRouting(match: string): boolean {
  const prefix = Number(match.slice(0, 2));
  const district = prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix === 80;
  return district && match !== "000000000" && weightedSum(match, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}

/** ISO 3166 codes that banks have BICs in; an eight-letter word in capitals must not pass for one. */
const BIC_COUNTRIES =
  "AD|AE|AR|AT|AU|BE|BG|BH|BR|CA|CH|CL|CN|CO|CY|CZ|DE|DK|EE|EG|ES|FI|FR|GB|GR|HK|HR|HU|ID|IE|IL|IN|IS|IT|JO|JP|KE|KR|KW|LB|LI|LT|LU|LV|MA|MC|MT|MX|MY|NG|NL|NO|NZ|OM|PE|PH|PK|PL|PT|QA|RO|RS|SA|SE|SG|SI|SK|TH|TN|TR|TW|UA|US|VN|ZA";

export const BANK: readonly EntityRule[] = [
  ...IBANS,
  {
    entity: "swift_bic",
    label: "Bank identifier code (BIC)",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b[A-Z]{4}(?:${BIC_COUNTRIES})[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b`,
    context: ["bic", "swift", "swift code", "bic/swift"],
  },
  {
    entity: "us_routing_number",
    label: "US bank routing number",
    region: "US",
    score: 0.9,
    pattern: String.raw`\b\d{9}\b`,
    valid: isRouting,
    context: ["routing", "aba", "rtn", "transit"],
  },
  {
    entity: "uk_sort_code",
    label: "UK bank sort code",
    region: "GB",
    score: 0.9,
    pattern: String.raw`\b\d{2}[- ]\d{2}[- ]\d{2}\b`,
    valid: (match, before) => match[2] === match[5] && !/\d[ -]?$/.test(before),
    context: ["sort code", "sort-code", "sortcode", "s/c"],
    within: 24,
  },
  {
    entity: "bank_account",
    label: "Bank account number",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b\d(?:[ -]?\d){5,16}\b`,
    valid: (match) => !/^(\d)\1+$/.test(digitsOf(match)),
    context: [
      "account number",
      "account no",
      "account no.",
      "acct",
      "acct.",
      "acct no",
      "bank account",
      "a/c",
      "kontonummer",
      "numéro de compte",
      "número de cuenta",
      "numero di conto",
      "conta bancária",
    ],
    within: 28,
  },
];
