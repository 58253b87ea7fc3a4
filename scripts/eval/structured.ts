/** Generated sentences with structured entities whose checks hold, and look-alikes whose checks fail. Seeded, own, no shared data needed. */
import { random } from "../train/rows.ts";

/** A sentence and the values in it, by entity. */
export interface Structured {
  readonly text: string;
  readonly spans: readonly { readonly from: number; readonly to: number; readonly type: string }[];
}

type Next = () => number;
const digits = (next: Next, count: number) => Array.from({ length: count }, () => Math.floor(next() * 10)).join("");
const pick = <T>(items: readonly T[], next: Next): T => items[Math.floor(next() * items.length)]!;
const between = (next: Next, least: number, most: number) => least + Math.floor(next() * (most - least + 1));

/** Last digit by Luhn (ISO/IEC 7812-1). */
function luhn(body: string): string {
  let sum = 0;
  [...body].reverse().forEach((char, index) => {
    const double = Number(char) * 2;
    sum += index % 2 === 0 ? double > 9 ? double - 9 : double : Number(char);
  });
  return String((10 - sum % 10) % 10);
}

/** Check digits by ISO 13616 (mod 97). */
function ibanOf(country: string, account: string): string {
  const spelled = [...account + country + "00"].map((char) => parseInt(char, 36)).join("");
  let rest = 0;
  for (const char of spelled) rest = (rest * 10 + Number(char)) % 97;
  return country + String(98 - rest).padStart(2, "0") + account;
}

const inFours = (text: string, separator: string) => text.replace(/(.{4})(?=.)/g, `$1${separator}`);

const makers: Readonly<Record<string, (next: Next) => string>> = {
  credit_card: (next) => {
    const body = pick(["4", "51", "55", "2221", "6011"], next) + digits(next, 15);
    return inFours(body.slice(0, 15) + luhn(body.slice(0, 15)), pick(["", " ", "-"], next));
  },
  iban: (next) => {
    const [country, size] = pick([["DE", 18], ["NO", 11], ["BE", 12], ["ES", 20], ["PL", 24], ["AT", 16], ["CH", 17]] as const, next);
    return inFours(ibanOf(country, digits(next, size)), pick(["", " "], next));
  },
  email: (next) =>
    `${pick(["anna", "j.doe", "info", "max_m", "li.wei+news"], next)}${digits(next, 2)}@${
      pick(["example.org", "mail.example.co.uk", "uni-x.example.de"], next)
    }`,
  phone: (next) =>
    pick([
      () => `+1 ${between(next, 201, 209)}-${between(next, 220, 989)}-${digits(next, 4)}`,
      () => `+49 30 ${between(next, 20, 99)}${digits(next, 6)}`,
      () => `+44 20 7946 0${digits(next, 3)}`,
      () => `(212) ${between(next, 220, 989)}-${digits(next, 4)}`,
    ], next)(),
  ssn: (next) => `${between(next, 100, 665)}-${between(next, 10, 99)}-${between(next, 1000, 9999)}`,
  ip_address: (next) =>
    next() < 0.7
      ? [between(next, 1, 223), between(next, 0, 255), between(next, 0, 255), between(next, 1, 254)].join(".")
      : `2001:db8:${digits(next, 2)}::${between(next, 1, 9999)}`,
  url: (next) =>
    `https://${pick(["www.fjordkaffe.no", "shop.lindqvist-sohn.de", "intern.bakerij-oost.nl:8443"], next)}/${
      pick(["a", "orders", "q?id="], next)
    }${digits(next, 4)}`,
};

const frames = [
  "My {kind} is {value}.",
  "{value} is what I sent you",
  "Please note: {value}, thanks",
  "Log entry 17: {value} seen at noon",
  "{kind}: {value}",
];
const words: Readonly<Record<string, string>> = {
  credit_card: "card number",
  iban: "account",
  email: "address",
  phone: "phone number",
  ssn: "SSN",
  ip_address: "host",
  url: "page",
};

/** Texts that look alike and hold no entity of these kinds. */
const lookAlikes: readonly ((next: Next) => string)[] = [
  (next) => `Order ${digits(next, 9)} shipped on 2026-0${between(next, 1, 9)}-1${between(next, 0, 9)}.`,
  (next) => {
    const body = "4" + digits(next, 14);
    return `Serial 16 digits ${body}${(Number(luhn(body)) + 5) % 10}`;
  },
  (next) => `Version ${between(next, 1, 20)}.${between(next, 0, 40)}.${between(next, 0, 9)} of the library`,
  (next) => `Ratio ${next().toFixed(8)}, 300.400.${between(next, 256, 999)}.1 is no host`,
  (next) => `Invoice DE00${digits(next, 18)} was refused`,
  (next) => `Follow @user${digits(next, 3)} at noon, build ${digits(next, 7)}`,
  (next) => `Case 000-${between(next, 10, 99)}-${digits(next, 4)} and part 9${digits(next, 2)}-0${digits(next, 1)}-${digits(next, 3)}`,
];

/** Kinds that `structuredTexts` holds. */
export const STRUCTURED_KINDS: readonly string[] = Object.keys(makers);

/** `perKind` sentences for every kind, and as many look-alikes. The same for the same seed. */
export function structuredTexts(seed: number, perKind = 300): Structured[] {
  const next = random(seed);
  const texts: Structured[] = [];
  for (const [type, make] of Object.entries(makers)) {
    for (let i = 0; i < perKind; i++) {
      const value = make(next);
      const [before = "", after = ""] = pick(frames, next).replace("{kind}", words[type]!).split("{value}");
      texts.push({ text: before + value + after, spans: [{ from: before.length, to: before.length + value.length, type }] });
      texts.push({ text: pick(lookAlikes, next)(next), spans: [] });
    }
  }
  return texts;
}
