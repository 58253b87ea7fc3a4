/** Check digits of the world's numbering schemes. All take digits (and letters) without separators. */

/** The decimal digits of a text, in order. */
export function digitsOf(text: string): string {
  return text.replace(/\D+/g, "");
}

/** Letters and digits only, upper case. */
export function alphanumericsOf(text: string): string {
  return text.replace(/[^0-9A-Za-z]+/g, "").toUpperCase();
}

/** ISO/IEC 7812-1 annex B: payment cards, IMEI, Canadian SIN, South African id, SIREN. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    let digit = digits.charCodeAt(i) - 48;
    if (double && (digit *= 2) > 9) digit -= 9;
    sum += digit;
  }
  return sum % 10 === 0;
}

/** Remainder of a decimal number of any length; digit by digit, so no big integers. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i++) rest = (rest * 10 + digits.charCodeAt(i) - 48) % modulus;
  return rest;
}

/** ISO 13616 / ISO 7064 MOD 97-10 over an IBAN-like text (country and check digits first). */
export function mod97(text: string): boolean {
  const moved = text.slice(4) + text.slice(0, 4);
  let rest = 0;
  for (let i = 0; i < moved.length; i++) {
    const code = moved.charCodeAt(i);
    rest = code < 58 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest === 1;
}

/** Sum of digits times weights; digits beyond the weights are not counted. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits.charCodeAt(i) - 48), 0);
}

const VERHOEFF_D = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];
const VERHOEFF_P = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];

/** Verhoeff's dihedral check: Aadhaar. */
export function verhoeff(digits: string): boolean {
  let state = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    state = Number(VERHOEFF_D[state]![Number(VERHOEFF_P[i % 8]![digit])]);
  }
  return state === 0;
}

/** ISO/IEC 7064 MOD 11,10 with the check digit last: German tax id, Croatian OIB. */
export function mod11x10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digits.charCodeAt(i) - 48 + product) % 10 || 10;
    product = sum * 2 % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 48;
}

/** Whether year, month and day name a day; `year` of four digits. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** `YYMMDD` at the start of a national number, whatever the century. */
export function isShortDay(digits: string, yearAt = 0, monthAt = 2, dayAt = 4): boolean {
  const part = (at: number) => Number(digits.slice(at, at + 2));
  // 2000 + yy has 29 February whenever 1900 + yy has one, except 1900 itself.
  return isDay(2000 + part(yearAt), part(monthAt), part(dayAt));
}
