/** Payment cards (ISO/IEC 7812): issuer ranges and lengths per brand, Luhn; security codes and expiry dates by context. */
import { digitsOf, luhn } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** The brand of a card number without separators, by issuer range and length; undefined when no brand issues such numbers. */
export function cardBrand(digits: string): string | undefined {
  const n = digits.length;
  const two = Number(digits.slice(0, 2)), three = Number(digits.slice(0, 3)), four = Number(digits.slice(0, 4));
  if (digits.startsWith("4") && (n === 13 || n === 16 || n === 19)) return "visa";
  if (n === 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))) return "mastercard";
  if (n === 15 && (two === 34 || two === 37)) return "amex";
  if (n >= 16 && n <= 19 && (four === 6011 || two === 65 || (three >= 644 && three <= 649))) return "discover";
  if (n >= 14 && n <= 19 && ((three >= 300 && three <= 305) || three === 309 || two === 36 || two === 38 || two === 39)) return "diners";
  if (n >= 16 && n <= 19 && four >= 3528 && four <= 3589) return "jcb";
  if (n >= 16 && n <= 19 && two === 62) return "unionpay";
  if (n >= 12 && n <= 19 && (two === 50 || (two >= 56 && two <= 58) || two === 63 || two === 67)) return "maestro";
  if (n === 16 && (two === 60 || two === 81 || two === 82 || three === 508)) return "rupay";
  if (n === 16 && four >= 2200 && four <= 2204) return "mir";
  return undefined;
}

/** Words that say a number is of another kind; a card number that passes Luhn by chance stands behind one more often than not. */
const NOT_A_CARD = /\b(?:order|tracking|invoice|ticket|isbn|imei|serial|timestamp|reference|ref|commit|case)\b[^.\n]{0,16}$/i;

function isCard(match: string, before: string): boolean {
  // A longer number written in groups ("1234 4111 1111 …") is not a card, nor is the fraction of a decimal number.
  if (/\d{4}[ -]$|\d[.-]$/.test(before)) return false;
  const digits = digitsOf(match);
  if (/^(\d)\1+$/.test(digits) || !luhn(digits)) return false;
  const brand = cardBrand(digits);
  // Ranges so wide that one number in ten would pass need the groups of a card.
  return brand !== undefined && ((brand !== "maestro" && brand !== "diners") || /[ -]/.test(match) || digits.length === 14) &&
    !(NOT_A_CARD.test(before) && !/\bcard\b/i.test(before));
}

const CARD = { entity: "credit_card", label: "Payment card number", region: "global", score: 0.99, valid: isCard } as const;

export const CARDS: readonly EntityRule[] = [
  { ...CARD, pattern: String.raw`\b[2-68]\d{11,18}\b` },
  { ...CARD, pattern: String.raw`\b3\d{13,18}\b` },
  // Groups of four; more after a dash is something else, after a space it may be the security code.
  {
    ...CARD,
    pattern: String.raw`\b[2-68]\d{3}(?:[ -]\d{4}){2}[ -]\d{1,4}(?:-\d{1,8})?\b`,
    valid: (match, before) => match.length <= 19 && isCard(match, before),
  },
  { ...CARD, pattern: String.raw`\b[2-68]\d{3}(?:[ -]\d{4}){3}[ -]\d{3}\b` },
  { ...CARD, pattern: String.raw`\b3\d{3}[ -]\d{4}[ -]\d{4}[ -]\d{2,4}\b` },
  // As American Express and Diners Club print them.
  { ...CARD, pattern: String.raw`\b3\d{3}[ -]\d{6}[ -]\d{4,5}\b` },
  {
    entity: "card_security_code",
    label: "Card security code",
    region: "global",
    score: 0.9,
    // The words are part of the match: three digits alone would make every number in a text a candidate.
    pattern: String
      .raw`\b(?:cvv2?|cvc2?|csc|security code|card verification (?:value|code|number))(?: (?:is|code|number)){0,2}[^\w]{0,4}\d{3,4}\b`,
    caseInsensitive: true,
  },
  {
    entity: "card_expiry",
    label: "Card expiry date",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?[2-4]\d\b`,
    context: ["exp", "expiry", "expires", "expiration", "valid thru", "valid until", "gültig bis", "caducidad", "scadenza"],
    within: 24,
  },
];
