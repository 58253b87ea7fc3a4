/** European Union: value-added-tax numbers and the national numbers of the larger states without a file of their own. */
import { alphanumericsOf, digitsOf, isDay, isShortDay, luhn, mod11x10, remainder, weightedSum } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** Spanish DNI and NIE: the letter is the number's remainder by 23. */
function isSpanishId(match: string): boolean {
  const plain = alphanumericsOf(match);
  const number = Number(plain.slice(0, -1).replace("X", "0").replace("Y", "1").replace("Z", "2"));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === plain.at(-1);
}

/** French NIR (INSEE): month 1–12 or 20 and above for unknown, key = 97 − number mod 97; Corsica's 2A and 2B count as 19 and 18. */
function isNir(match: string): boolean {
  const plain = alphanumericsOf(match);
  const month = Number(plain.slice(3, 5));
  if (month < 1 || (month > 12 && month < 20)) return false;
  const number = plain.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - remainder(number, 97) === Number(plain.slice(13));
}

const ODD_DIGITS = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
/** Values of A–Z in odd places of the Italian codice fiscale (D.M. 23/12/1976). */
const ODD_LETTERS = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isCodiceFiscale(match: string): boolean {
  const code = match.toUpperCase();
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const at = code.charCodeAt(i);
    const value = at < 58 ? at - 48 : at - 65;
    sum += i % 2 === 1 ? value : at < 58 ? ODD_DIGITS[value]! : ODD_LETTERS[value]!;
  }
  return String.fromCharCode(65 + sum % 26) === code[15];
}

/** German tax id: exactly one digit stands twice or thrice among the first ten; MOD 11,10. */
function isSteuerId(match: string): boolean {
  const digits = digitsOf(match);
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return digits[0] !== "0" && repeated.length === 1 && repeated[0]! <= 3 && mod11x10(digits);
}

/** Polish PESEL: month carries the century; weights 1-3-7-9. */
function isPesel(match: string): boolean {
  const month = Number(match.slice(2, 4)) % 20;
  if (!isDay(2000 + Number(match.slice(0, 2)), month, Number(match.slice(4, 6)))) return false;
  return weightedSum(match, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Dutch BSN: the eleven test. */
function isBsn(match: string): boolean {
  const digits = digitsOf(match).padStart(9, "0");
  return digits !== "000000000" && (weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) - Number(digits[8])) % 11 === 0;
}

/** Belgian national number: 97 − remainder; born from 2000 on, with a 2 before it. */
function isBelgian(match: string): boolean {
  const digits = digitsOf(match);
  const check = Number(digits.slice(9));
  if (Number(digits.slice(2, 4)) > 12) return false;
  return [digits.slice(0, 9), "2" + digits.slice(0, 9)].some((number) => 97 - remainder(number, 97) === check);
}

/** Portuguese NIF: weights 9–2, MOD 11. */
function isNif(match: string): boolean {
  const check = 11 - weightedSum(match, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (check > 9 ? 0 : check) === Number(match[8]);
}

/** Irish PPS: weights 8–2, a second letter counts 9; the letter is the remainder by 23. */
function isPps(match: string): boolean {
  const second = match[8] === undefined || match[8] === "W" ? 0 : match.charCodeAt(8) - 64;
  return "WABCDEFGHIJKLMNOPQRSTUV"[(weightedSum(match, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === match[7];
}

/** Austrian social insurance number: check digit fourth, then the birthday. */
function isAustrian(match: string): boolean {
  const digits = digitsOf(match);
  return weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === Number(digits[3]) && Number(digits.slice(4, 6)) <= 31;
}

/** Swedish and Finnish, Danish and Norwegian numbers begin with the birthday. */
function isPersonnummer(match: string): boolean {
  const digits = digitsOf(match).slice(-10);
  return luhn(digits) && isShortDay(digits);
}

function isHetu(match: string): boolean {
  const digits = match.slice(0, 6) + match.slice(7, 10);
  return isShortDay(digits, 4, 2, 0) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(digits) % 31] === match[10];
}

function isFodselsnummer(match: string): boolean {
  const digits = digitsOf(match);
  if (!isShortDay(digits, 4, 2, 0)) return false;
  const first = (11 - weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
  const second = (11 - weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
  return first === Number(digits[9]) && second === Number(digits[10]);
}

/** Shapes after the country code (Directive 2006/112/EC article 215, as the VIES service lists them). */
const VAT = [
  "ATU\\d{8}",
  "BE[01]\\d{9}",
  "BG\\d{9,10}",
  "CY\\d{8}[A-Z]",
  "CZ\\d{8,10}",
  "DE\\d{9}",
  "DK\\d{8}",
  "EE\\d{9}",
  "EL\\d{9}",
  "ES[A-Z0-9]\\d{7}[A-Z0-9]",
  "FI\\d{8}",
  "FR[A-HJ-NP-Z0-9]{2}\\d{9}",
  "HR\\d{11}",
  "HU\\d{8}",
  "IE\\d[A-Z0-9+*]\\d{5}[A-Z]{1,2}",
  "IT\\d{11}",
  "LT(?:\\d{9}|\\d{12})",
  "LU\\d{8}",
  "LV\\d{11}",
  "MT\\d{8}",
  "NL\\d{9}B\\d{2}",
  "PL\\d{10}",
  "PT\\d{9}",
  "RO\\d{2,10}",
  "SE\\d{10}01",
  "SI\\d{8}",
  "SK\\d{10}",
  "XI\\d{9}",
  "GB\\d{9}",
].join("|");

const id = (entity: string, label: string, region: string, score = 0.9) => ({ entity, label, region, score });

export const EU: readonly EntityRule[] = [
  {
    ...id("eu_vat", "VAT identification number", "EU", 0.85),
    pattern: String.raw`\b(?:${VAT})\b`,
    context: [
      "vat",
      "vat number",
      "vat id",
      "vat no",
      "ust-idnr",
      "ust-id",
      "ustid",
      "tva",
      "iva",
      "btw",
      "moms",
      "nip",
      "tax number",
      "p.iva",
      "partita iva",
    ],
    without: 0.4,
  },
  { ...id("es_dni", "Spanish DNI", "ES"), pattern: String.raw`\b\d{8}-?[A-HJ-NP-TV-Z]\b`, valid: isSpanishId },
  { ...id("es_nie", "Spanish NIE", "ES"), pattern: String.raw`\b[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]\b`, valid: isSpanishId },
  {
    ...id("fr_nir", "French social security number", "FR", 0.95),
    pattern: String.raw`\b[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b`,
    valid: isNir,
  },
  {
    ...id("it_codice_fiscale", "Italian codice fiscale", "IT", 0.95),
    pattern: String.raw`\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b`,
    caseInsensitive: true,
    valid: isCodiceFiscale,
  },
  {
    ...id("de_tax_id", "German tax id", "DE"),
    pattern: String.raw`\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b`,
    valid: isSteuerId,
    context: ["steuer-id", "steuerid", "steueridentifikationsnummer", "identifikationsnummer", "idnr", "tin", "tax id"],
  },
  {
    ...id("pl_pesel", "Polish PESEL", "PL"),
    pattern: String.raw`\b\d{11}\b`,
    valid: isPesel,
    context: ["pesel", "numer pesel"],
    without: 0.5,
  },
  {
    ...id("nl_bsn", "Dutch BSN", "NL"),
    pattern: String.raw`\b\d{4}[ .]?\d{2}[ .]?\d{3}\b`,
    valid: isBsn,
    context: ["bsn", "burgerservicenummer", "sofinummer", "sofi"],
  },
  {
    ...id("be_national_number", "Belgian national number", "BE"),
    pattern: String.raw`\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b`,
    valid: isBelgian,
  },
  {
    ...id("pt_nif", "Portuguese NIF", "PT"),
    pattern: String.raw`\b[1-35689]\d{8}\b`,
    valid: isNif,
    context: ["nif", "contribuinte", "número de identificação fiscal"],
  },
  {
    ...id("ie_pps", "Irish PPS number", "IE"),
    pattern: String.raw`\b\d{7}[A-W][A-IW]?\b`,
    valid: isPps,
    context: ["pps", "ppsn", "personal public service"],
    without: 0.5,
  },
  {
    ...id("at_svnr", "Austrian social insurance number", "AT"),
    pattern: String.raw`\b[1-9]\d{3} ?\d{6}\b`,
    valid: isAustrian,
    context: ["svnr", "sv-nummer", "sozialversicherungsnummer", "versicherungsnummer"],
  },
  { ...id("se_personnummer", "Swedish personnummer", "SE"), pattern: String.raw`\b(?:19|20)?\d{6}[-+]\d{4}\b`, valid: isPersonnummer },
  {
    ...id("fi_hetu", "Finnish personal identity code", "FI"),
    pattern: String.raw`\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b`,
    valid: isHetu,
  },
  {
    ...id("dk_cpr", "Danish CPR number", "DK"),
    pattern: String.raw`\b\d{6}-?\d{4}\b`,
    valid: (match) => isShortDay(match, 4, 2, 0),
    context: ["cpr", "cpr-nr", "cpr-nummer", "personnummer"],
  },
  {
    ...id("no_fodselsnummer", "Norwegian national number", "NO"),
    pattern: String.raw`\b\d{6} ?\d{5}\b`,
    valid: isFodselsnummer,
    context: ["fødselsnummer", "fodselsnummer", "personnummer", "fnr"],
    without: 0.5,
  },
];
