/** Payment cards (ISO/IEC 7812): issuer ranges and lengths per brand, Luhn. */
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

function isCard(match: string, before: string): boolean {
  // A longer number written in groups ("1234 4111 1111 …") is not a card, nor the fraction of a decimal number.
  if (/[\d.][ -]?$/.test(before) && !/[^\d.][\d.]{0,3}[.] $/.test(before)) return false;
  const digits = digitsOf(match);
  if (/^(\d)\1+$/.test(digits) || !luhn(digits)) return false;
  const brand = cardBrand(digits);
  // Maestro's ranges are wide and its lengths many: without groups of four, one number in ten would pass.
  return brand !== undefined && (brand !== "maestro" || /[ -]/.test(match));
}

/** Card numbers in one piece, in groups of four, and as American Express and Diners print them. */
export const CARDS: readonly EntityRule[] = [
  {
    entity: "credit_card",
    label: "Payment card number",
    region: "global",
    score: 0.99,
    pattern: String.raw`\b[2-68]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?:[ -]?\d{1,3})?\b`,
    valid: isCard,
  },
  {
    entity: "credit_card",
    label: "Payment card number",
    region: "global",
    score: 0.99,
    pattern: String.raw`\b3\d{3}[ -]\d{6}[ -]\d{4,5}\b`,
    valid: isCard,
  },
];
