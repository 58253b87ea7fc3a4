/** United Kingdom: insurance, health, tax and licence numbers, postcodes. */
import { digitsOf, weightedSum } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** HMRC NIM39110: letters that are not used, and prefixes that are not allocated. */
function isNino(match: string): boolean {
  return !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(match);
}

/** NHS data dictionary: MOD 11 with weights 10 to 2. */
function isNhs(match: string): boolean {
  const digits = digitsOf(match);
  if (/^(\d)\1+$/.test(digits)) return false;
  const check = 11 - weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return check !== 10 && check % 11 === Number(digits[9]);
}

/** DVLA: five of the surname, decade, month (+50 for women), day, year, initials, check characters. */
function isDrivingLicence(match: string): boolean {
  const month = Number(match.slice(6, 8)) % 50, day = Number(match.slice(8, 10));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

export const UK: readonly EntityRule[] = [
  {
    entity: "uk_nino",
    label: "UK national insurance number",
    region: "GB",
    score: 0.9,
    pattern: String.raw`\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b`,
    valid: isNino,
  },
  {
    entity: "uk_nhs_number",
    label: "UK NHS number",
    region: "GB",
    score: 0.9,
    pattern: String.raw`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`,
    valid: isNhs,
    context: ["nhs", "nhs number", "nhs no", "patient", "health service", "hospital"],
  },
  {
    entity: "uk_driving_licence",
    label: "UK driving licence number",
    region: "GB",
    score: 0.9,
    pattern: String.raw`\b[A-Z][A-Z9]{4}\d{6}[A-Z9]{2}\d[A-Z]{2}\b`,
    valid: isDrivingLicence,
  },
  {
    entity: "uk_utr",
    label: "UK unique taxpayer reference",
    region: "GB",
    score: 0.85,
    pattern: String.raw`\b\d{5} ?\d{5}\b`,
    context: ["utr", "unique taxpayer reference", "self assessment", "hmrc"],
  },
  {
    entity: "uk_postcode",
    label: "UK postcode",
    region: "GB",
    score: 0.7,
    pattern: String.raw`\b(?:[A-PR-UWYZ][A-HK-Y]?\d[0-9A-HJKPSTUW]?) \d[ABD-HJLNP-UW-Z]{2}\b`,
  },
];
