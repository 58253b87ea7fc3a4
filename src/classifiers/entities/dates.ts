/** Dates of birth and coordinates. */
import { isDay } from "./checksums.ts";
import type { EntityRule } from "./entity.ts";

/** Month names in English, German, French, Spanish, Italian, Portuguese and Dutch, by their first three or four letters. */
const MONTHS: readonly [start: string, month: number][] = [
  ["jan", 1],
  ["ene", 1],
  ["gen", 1],
  ["feb", 2],
  ["fév", 2],
  ["fev", 2],
  ["mar", 3],
  ["mär", 3],
  ["maa", 3],
  ["mrt", 3],
  ["apr", 4],
  ["avr", 4],
  ["abr", 4],
  ["may", 5],
  ["mai", 5],
  ["mei", 5],
  ["mag", 5],
  ["jun", 6],
  ["juin", 6],
  ["giu", 6],
  ["jul", 7],
  ["juil", 7],
  ["lug", 7],
  ["aug", 8],
  ["aoû", 8],
  ["aou", 8],
  ["ago", 8],
  ["sep", 9],
  ["set", 9],
  ["oct", 10],
  ["okt", 10],
  ["ott", 10],
  ["out", 10],
  ["nov", 11],
  ["dec", 12],
  ["déc", 12],
  ["dez", 12],
  ["dic", 12],
];
const MONTH = String
  .raw`(?:Jan(?:uary|uar|vier|eiro|uari)?|[Ee]nero|[Gg]ennaio|Feb(?:ruary|ruar|brero|braio|ruari)?|[Ff]évrier|[Ff]evereiro|[Mm]ar(?:ch|s|zo|ço)?|März|[Mm]aart|Apr(?:il|ile)?|[Aa]vril|[Aa]bril|May|[Mm]ai|[Mm]ayo|[Mm]aggio|[Mm]aio|[Mm]ei|Jun(?:e|i|io)?|[Jj]uin|[Jj]unho|[Gg]iugno|Jul(?:y|i|io)?|[Jj]uillet|[Jj]ulho|[Ll]uglio|Aug(?:ust|ustus)?|[Aa]oût|[Aa]gosto|Sep(?:t|tember)?|[Ss]eptembre|[Ss]eptiembre|[Ss]ettembre|[Ss]etembro|Oct(?:ober)?|[Oo]ktober|[Oo]ctobre|[Oo]ctubre|[Oo]ttobre|[Oo]utubro|Nov(?:ember)?|[Nn]ovembre|[Nn]oviembre|[Nn]ovembro|Dec(?:ember)?|[Dd]ezember|[Dd]écembre|[Dd]iciembre|[Dd]icembre|[Dd]ezembro)`;

function monthOf(name: string): number {
  const lower = name.toLowerCase();
  return MONTHS.findLast(([start]) => lower.startsWith(start))?.[1] ?? 0;
}

function isBirthYear(year: number): boolean {
  return year >= 1900 && year <= 2035;
}

/** Day, month and year in any of the orders people write; two-digit years count. */
function isBirthday(match: string): boolean {
  const words = match.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "de");
  const year = words.map(Number).find((value) => value >= 1000) ?? Number(words.at(-1)) + 1900;
  if (!isBirthYear(year)) return false;
  const name = words.find((word) => /^\p{L}{3}/u.test(word));
  const numbers = words.map((word) => Number.parseInt(word, 10)).filter((value) => value > 0 && value <= 31);
  if (name !== undefined) return isDay(year, monthOf(name), numbers[0] ?? 0);
  if (words[0]!.length === 4) return isDay(year, Number(words[1]), Number(words[2]));
  return isDay(year, Number(words[1]), Number(words[0])) || isDay(year, Number(words[0]), Number(words[1]));
}

const BIRTH = {
  entity: "date_of_birth",
  label: "Date of birth",
  region: "global",
  score: 0.9,
  valid: isBirthday,
  context: [
    "born",
    "born on",
    "birth",
    "birthdate",
    "birthday",
    "birth_date",
    "date_of_birth",
    "dob",
    "d.o.b",
    "d.o.b.",
    "geboren",
    "geb.",
    "geburtsdatum",
    "né le",
    "née le",
    "né",
    "née",
    "naissance",
    "nacido",
    "nacida",
    "nací",
    "nacimiento",
    "nato",
    "nata",
    "nascita",
    "nascido",
    "nascida",
    "nascimento",
    "geboortedatum",
    "urodzony",
    "urodzona",
    "född",
  ],
  within: 32,
} as const satisfies Partial<EntityRule>;

const degrees = (text: string) => Math.abs(Number.parseFloat(text));

export const DATES: readonly EntityRule[] = [
  { ...BIRTH, pattern: String.raw`\b\d{1,2}(?:[/.-]\d{1,2}[/.-]|\. ?\d{1,2}\. ?)(?:\d{4}|\d{2})\b` },
  { ...BIRTH, pattern: String.raw`\b(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\b` },
  { ...BIRTH, pattern: String.raw`\b\d{1,2}(?:st|nd|rd|th|er|º)?\.?(?: of| de)? ${MONTH}\.?,?(?: de)? \d{4}\b` },
  { ...BIRTH, pattern: String.raw`\b${MONTH}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b` },
  {
    entity: "coordinates",
    label: "Geographic coordinates",
    region: "global",
    score: 0.75,
    pattern: String.raw`[-+]?\b\d{1,2}\.\d{4,12}°? ?[NS]?, ?[-+]?\d{1,3}\.\d{4,12}\b(?:° ?[EW]| ?[EW]\b)?`,
    valid: (match, before) => {
      const [latitude, longitude] = match.split(",");
      return !/[\d.]$/.test(before) && degrees(latitude!) <= 90 && degrees(longitude!.trim()) <= 180;
    },
  },
];
