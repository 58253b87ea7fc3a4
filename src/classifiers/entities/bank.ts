/** Bank accounts: IBAN. */
import { alphanumericsOf, mod97 } from "./checksums.ts";
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

/** One alternative per length, so a match ends where its country says, whatever follows. */
const IBAN = Object.entries(IBAN_LENGTHS)
  .map(([length, countries]) => String.raw`(?:${countries.replaceAll(" ", "|")})\d{2}(?:[ -]?[0-9A-Z]){${Number(length) - 4}}`)
  .join("|");

export const BANK: readonly EntityRule[] = [
  {
    entity: "iban",
    label: "International bank account number",
    region: "global",
    score: 0.99,
    pattern: String.raw`\b(?:${IBAN})\b`,
    valid: (match) => mod97(alphanumericsOf(match)),
  },
];
