/** National numbers of other countries. */
import { digitsOf, isDay, isShortDay, luhn, verhoeff, weightedSum } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

const id = (entity: string, label: string, region: string, score = 0.9) => ({ entity, label, region, score });

const uniform = (digits: string) => /^(\d)\1+$/.test(digits);

/** Receita Federal: two check digits, MOD 11. */
function brazilian(digits: string, weights: readonly number[]): boolean {
  if (uniform(digits)) return false;
  const check = (count: number) => {
    const rest = weightedSum(digits, weights.slice(weights.length - count)) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  const body = digits.length - 2;
  return check(body) === Number(digits[body]) && check(body + 1) === Number(digits[body + 1]);
}

const CPF_WEIGHTS = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
const CNPJ_WEIGHTS = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/** RENAPO: weights 18 to 2 over values in an alphabet with Ñ. */
function isCurp(match: string): boolean {
  const alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += alphabet.indexOf(match[i]!) * (18 - i);
  return isShortDay(match.slice(4, 10)) && (10 - sum % 10) % 10 === Number(match[17]);
}

/** GB 11643-1999: ISO 7064 MOD 11-2. */
function isChineseId(match: string): boolean {
  const sum = weightedSum(match, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return isDay(Number(match.slice(6, 10)), Number(match.slice(10, 12)), Number(match.slice(12, 14))) &&
    "10X98765432"[sum % 11] === match[17]!.toUpperCase();
}

/** Weights 2-7-6-5-4-3-2; T and G add four. */
function isNric(match: string): boolean {
  const first = match[0]!, digits = match.slice(1, 8);
  const sum = weightedSum(digits, [2, 7, 6, 5, 4, 3, 2]) + (first === "T" || first === "G" ? 4 : first === "M" ? 3 : 0);
  const letters = first === "S" || first === "T" ? "JZIHGFEDCBA" : first === "M" ? "XWUTRQPNJLK" : "XWUTRQPNMLK";
  return (first === "M" ? letters[10 - sum % 11] : letters[sum % 11]) === match[8];
}

/** Resident registration number; numbers given out since October 2020 carry no check digit, so only the day is certain. */
function isKorean(match: string): boolean {
  return isShortDay(digitsOf(match)) && /^[1-8]$/.test(digitsOf(match)[6]!);
}

/** Weights 6-5-4-3-2-7-6-5-4-3-2, MOD 11. */
function isMyNumber(match: string): boolean {
  const digits = digitsOf(match);
  const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === Number(digits[11]);
}

export const WORLD: readonly EntityRule[] = [
  {
    ...id("ca_sin", "Canadian social insurance number", "CA"),
    pattern: String.raw`\b[1-9]\d{2}[ -]\d{3}[ -]\d{3}\b`,
    valid: (match, before) => match[3] === match[7] && !/\d[ -]?$/.test(before) && luhn(digitsOf(match)),
    context: ["sin", "social insurance", "canada revenue", "nas", "assurance sociale"],
    without: 0.5,
  },
  {
    ...id("au_tfn", "Australian tax file number", "AU"),
    pattern: String.raw`\b\d{3} ?\d{3} ?\d{3}\b`,
    valid: (match) => weightedSum(digitsOf(match), [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    context: ["tfn", "tax file number", "tax file"],
  },
  {
    ...id("au_medicare", "Australian Medicare number", "AU"),
    pattern: String.raw`\b[2-6]\d{3} ?\d{5} ?\d(?:[ /-]?\d)?\b`,
    valid: (match) => weightedSum(digitsOf(match), [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digitsOf(match)[8]),
    context: ["medicare"],
  },
  {
    ...id("au_abn", "Australian business number", "AU", 0.8),
    pattern: String.raw`\b[1-9]\d ?\d{3} ?\d{3} ?\d{3}\b`,
    valid: (match) => (weightedSum(digitsOf(match), [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0,
    context: ["abn", "australian business number"],
  },
  {
    ...id("in_aadhaar", "Indian Aadhaar number", "IN", 0.9),
    // A fourth group makes it something else.
    pattern: String.raw`\b[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4})?\b`,
    valid: (match, before) => match.length === 14 && match[4] === match[9] && !/\d[ -]?$/.test(before) && verhoeff(digitsOf(match)),
  },
  {
    ...id("in_aadhaar", "Indian Aadhaar number", "IN", 0.9),
    pattern: String.raw`\b[2-9]\d{11}\b`,
    valid: verhoeff,
    context: ["aadhaar", "aadhar", "adhaar", "uidai", "uid"],
  },
  { ...id("in_pan", "Indian permanent account number", "IN"), pattern: String.raw`\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b` },
  {
    ...id("br_cpf", "Brazilian CPF", "BR", 0.95),
    pattern: String.raw`\b\d{3}\.\d{3}\.\d{3}-\d{2}\b`,
    valid: (match) => brazilian(digitsOf(match), CPF_WEIGHTS),
  },
  {
    ...id("br_cpf", "Brazilian CPF", "BR", 0.9),
    pattern: String.raw`\b\d{11}\b`,
    valid: (match) => brazilian(match, CPF_WEIGHTS),
    context: ["cpf"],
  },
  {
    ...id("br_cnpj", "Brazilian CNPJ", "BR", 0.9),
    pattern: String.raw`\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b`,
    valid: (match) => brazilian(digitsOf(match), CNPJ_WEIGHTS),
  },
  {
    ...id("mx_curp", "Mexican CURP", "MX", 0.95),
    pattern: String.raw`\b[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d\b`,
    valid: isCurp,
  },
  {
    ...id("za_id", "South African identity number", "ZA"),
    pattern: String.raw`\b\d{6} ?\d{4} ?[01]\d{2}\b`,
    valid: (match) => luhn(digitsOf(match)) && isShortDay(match),
    context: ["id number", "identity number", "south african id", "rsa id", "sa id"],
    without: 0.4,
  },
  { ...id("sg_nric", "Singapore NRIC or FIN", "SG"), pattern: String.raw`\b[STFGM]\d{7}[A-Z]\b`, valid: isNric },
  {
    ...id("jp_my_number", "Japanese individual number", "JP"),
    pattern: String.raw`\b\d{4}[ -]?\d{4}[ -]?\d{4}\b`,
    valid: isMyNumber,
    context: ["my number", "mynumber", "individual number", "マイナンバー", "個人番号"],
  },
  {
    ...id("kr_rrn", "Korean resident registration number", "KR"),
    pattern: String.raw`\b\d{6}-[1-8]\d{6}\b`,
    valid: isKorean,
  },
  {
    ...id("cn_resident_id", "Chinese resident identity number", "CN", 0.95),
    pattern: String.raw`\b[1-9]\d{16}[0-9Xx]\b`,
    valid: isChineseId,
  },
  {
    ...id("tr_tckn", "Turkish identity number", "TR"),
    pattern: String.raw`\b[1-9]\d{10}\b`,
    valid: (match) => {
      const odd = weightedSum(match, [1, 0, 1, 0, 1, 0, 1, 0, 1]), even = weightedSum(match, [0, 1, 0, 1, 0, 1, 0, 1]);
      return (((odd * 7 - even) % 10) + 10) % 10 === Number(match[9]) && (odd + even + Number(match[9])) % 10 === Number(match[10]);
    },
    context: ["tc kimlik", "tckn", "kimlik no", "t.c."],
  },
  {
    ...id("cl_rut", "Chilean RUT", "CL"),
    pattern: String.raw`\b\d{1,2}\.\d{3}\.\d{3}-[\dkK]\b`,
    valid: (match) => {
      const digits = digitsOf(match.slice(0, -1)).padStart(8, "0");
      return "0K987654321"[weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11] === match.at(-1)!.toUpperCase();
    },
  },
  {
    ...id("nz_ird", "New Zealand IRD number", "NZ"),
    pattern: String.raw`\b\d{2,3}-\d{3}-\d{3}\b`,
    valid: (match) => Number(digitsOf(match)) > 10_000_000,
    context: ["ird", "inland revenue"],
  },
];
