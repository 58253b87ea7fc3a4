/** Telephone numbers: E.164 and the commonest national ways of writing them. */
import { type CountryCode, isPossiblePhoneNumber, isValidPhoneNumber } from "libphonenumber-js/min";
import { digitsOf } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

const WORDS = [
  "phone",
  "telephone",
  "tel",
  "tel.",
  "call",
  "call me",
  "calling",
  "mobile",
  "cell",
  "cellphone",
  "fax",
  "text me",
  "whatsapp",
  "dial",
  "ring",
  "reach",
  "reach me",
  "contact",

  "hotline",
  "telefon",
  "handy",
  "mobil",
  "rufnummer",
  "téléphone",
  "portable",
  "appelez",

  "teléfono",
  "móvil",
  "celular",
  "llame",
  "telefono",
  "cellulare",
  "chiamare",
  "telefone",
  "telemóvel",
  "ligue",
  "telefoon",
  "mobiel",
  "bel",
];

/** Countries whose numbers begin with a trunk 0, tried in this order. */
const TRUNK_ZERO: readonly CountryCode[] = ["GB", "DE", "FR", "AU", "NL", "CH", "AT", "BE", "SE", "IT", "IN", "JP"];

const PHONE = { entity: "phone", label: "Telephone number", region: "global", score: 0.95 } as const;

/** Dates, social security numbers and Brazilian postcodes begin with 0 now and then. */
const OTHER_SHAPES = /^(?:\d{3}[ .-]\d{2}[ .-]\d{4}|\d\d[./-]\d\d[./-]\d{2,4}|\d{5}-\d{3})$/;

function isTrunkZero(match: string, before: string): boolean {
  // Asking a dozen countries costs 150 µs: years and decimals such as 08.76 must not.
  if (digitsOf(match).length < 7) return false;
  return !/\d[ ./-]?$/.test(before) && !OTHER_SHAPES.test(match) && TRUNK_ZERO.some((country) => isValidPhoneNumber(match, country));
}

export const PHONES: readonly EntityRule[] = [
  {
    ...PHONE,
    pattern: String.raw`\+[1-9](?:(?:[ ./-]|\(0\)|[ ./-]?\(|\)[ ./-]?)?\d){6,14}\b(?:,? ?(?:x|ext\.?) ?\d{1,6}\b)?`,
    valid: (match, before) => !/[\w+]$/.test(before) && isPossiblePhoneNumber(match),
  },
  // 00 in place of +, as in Europe.
  {
    ...PHONE,
    score: 0.85,
    pattern: String.raw`\b00 ?[1-9](?:[ ./-]?\d){7,13}\b`,
    valid: (match) => isValidPhoneNumber("+" + digitsOf(match).slice(2)),
    context: WORDS,
    without: 0.5,
  },
  // North America. Separators of one kind, or brackets, tell a number from arithmetic.
  {
    ...PHONE,
    region: "US",
    score: 0.9,
    pattern: String.raw`(?:\b1[ .-])?(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[.-])\d{3}[.-]\d{4}\b(?:,? ?(?:x|ext\.?) ?\d{1,6}\b)?`,
    valid: (match, before) => match.includes("(") || (/^(?:1[ .-])?\d{3}([.-])\d{3}\1/.test(match) && !/[\d.-]$/.test(before)),
  },
  {
    ...PHONE,
    region: "US",
    score: 0.85,
    pattern: String.raw`\b1?[ .-]?[2-9]\d{2} ?[2-9]\d{2} ?\d{4}\b`,
    context: WORDS,
    within: 32,
  },
  // A trunk 0: valid in a country that has one, and written with separators or after a word for it.
  {
    ...PHONE,
    score: 0.85,
    pattern: String.raw`(?:\(0\d{1,4}\) ?|\b0[1-9]\d{0,3}[ ./-]|\b0[1-9]\d{3} ?)\d{2,8}(?:[ ./-]\d{2,7}){0,4}\b`,
    valid: (match, before) => /[) ./-]/.test(match) && isTrunkZero(match, before),
    context: WORDS,
    within: 32,
    without: 0.7,
  },
  { ...PHONE, score: 0.85, pattern: String.raw`\b0[1-9]\d{7,10}\b`, valid: isTrunkZero, context: WORDS, within: 32 },
  // Any other national form needs the word right before it.
  {
    ...PHONE,
    score: 0.8,
    pattern: String.raw`\b\d(?:[ ./-]?\d){6,12}\b`,
    valid: (match, before) => !/[\d+.-]$/.test(before) && digitsOf(match).length >= 7,
    context: WORDS.filter((word) => !["reach", "contact", "ring", "bel", "calling"].includes(word)),
    within: 18,
  },
];
