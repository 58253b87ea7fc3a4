/**
 * Names of people: a known given name with a surname, a title with a name, or a known given name after words that introduce one.
 *
 * Limits: a given name that is not in the list is found after a title or before a known surname only; names in lower case or all capitals, and surnames
 * alone, are not found. What is called after a person (a university, a street) is told apart by the word that follows.
 */
import { mayEndIn } from "./context_words.ts";
import type { EntityRule } from "./entity.ts";
import { AMBIGUOUS_NAMES, FIRST_NAMES } from "./first_names.ts";
import { SURNAMES_KNOWN } from "./surnames.ts";
import { alternation } from "./trie.ts";

const PARTICLE =
  "(?:van der|van den|van de|van|von der|von|zu|de la|de los|de las|de|del|della|di|da|dos|das|do|du|le|la|ter|ten|bin|ibn|al|el|y|e) ";
const SURNAME = String.raw`(?:${PARTICLE})?(?:Mc|Mac|O['’]|D['’]|[Aa]l-|El-)?\p{Lu}\p{L}+(?:-\p{Lu}\p{L}+)?`;

/** Words in capitals that follow a given name without being a surname: `Jordan River`, `Victoria Station`, `Mark The …`. */
const NOT_SURNAMES = new Set(
  ("The A An And Or But If So Is Was Are Were Has Had Have Do Does Did Can Could Will Would Should May Might Must Not No Yes In On At Of To For From With By As " +
    "When Then This That These Those Who What Where Why How I You He She It We They My Your His Her Our Their Please Thanks Thank Hello Hi Dear Also All Any " +
    "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday " +
    "Street St Avenue Ave Road Rd Lane Drive Court Square Boulevard Way Terrace University College School Academy Institute Library Hospital Clinic Airport Station Terminal " +
    "River Lake Mountain Mount Hill Hills Valley Island Islands Bay Beach Ocean Sea Park Garden Gardens Forest Falls Creek County City Town Village State Province Republic Kingdom " +
    "Church Cathedral Chapel Temple Museum Gallery Theatre Theater Stadium Arena Bridge Castle Palace Tower Hotel House Hall Building Centre Center Inc Ltd LLC Corp Corporation GmbH " +
    "Company Group Bank Foundation Trust Award Prize Medal Cup League Open Day Week Syndrome Disease Test Theorem Law Act Code Protocol Airlines Motors Tech " +
    "North South East West Northern Southern Eastern Western Carolina Dakota Rico Domingo Zealand York Texas Florida California English French German Spanish Bible Gospel Era Age Period")
    .split(" "),
);

/** The same right after a given name; behind a surname (`Mary Hane Report`) they take nothing away. */
const NOT_NEXT = NOT_SURNAMES.union(
  new Set(
    ("Administration Agreement Alert Algorithm Application Beaches Build Chile Commission Committee Conclusions Council Councillors Criterion Discussion Division Education " +
      "Equation Equations Format Framework Function Gem Harbor Harbour Intro Journal Language Magazine Method Model Network Nevada News Notebook Olympics Online Patrol Payment " +
      "Pipeline Policy Program Programme Programming Project Referenced Report Series Service Services Shortcut Skill Society Stocks System Systems Therapy Times Tracing Value")
      .split(" "),
  ),
);

/** Words that begin sentences and headings, so that `Ask Smith` and `President Kennedy` begin with no given name. */
const SENTENCE_STARTS = new Set(
  ("Ask Tell Call Contact See Meet Visit Email Write Send Give Let Show Find Get Make Take Use Read Watch Buy Help Like While After Before During Since Until Because Although Though " +
    "Both Each Every Some Many Most Few Several Another Other Such Same New Old Big Great Good Best First Second Last Next President Prime Minister Senator Governor Mayor King Queen Prince Princess Judge Justice " +
    "Captain Colonel General Major Sergeant Officer Detective Coach Saint Uncle Aunt Team Family House Chef Doctor Professor Director Manager Chief Patient Customer Employee Employer Client User Holder Bill Ship Miss " +
    "Mr Mrs Ms Dr Sir Lady Lord Herr Frau Sig Señor Señora Sra Dott Young Los Las San Santa El La Le Les De Di Von Van Rio Fort Port Lake Mount Cape Point East West North South")
    .split(" "),
);

/** What introduces a name, each with the punctuation that may follow it. */
const INTRODUCTIONS =
  ("my name is|name is|named|called|i am|i'm|this is|dear|hi|hello|hey|regards,?|sincerely,?|cheers,?|thanks,?|signed|from|contact|patient|customer|employee|" +
    "colleague|friend|mr|mrs|ms").split("|");
const INTRODUCED = new RegExp(String.raw`(?:\b(?:${INTRODUCTIONS.join("|")})\b[,.]?|"?name"?:)[\s"']{1,3}$`, "i");
const mayIntroduce = mayEndIn([...INTRODUCTIONS.map((words) => words.replace(",?", "")), "name"]);

/** Longest of what `INTRODUCED` finds. UTF-16 units. */
const INTRODUCTION_CHARS = 20;

const SPACE = 32, APOSTROPHE = 39, HYPHEN = 45, CAPITAL_A = 65;

function isIntroduced(before: string): boolean {
  if (before === "") return false;
  const last = before.charCodeAt(before.length - 1);
  return (last <= APOSTROPHE || last === 0xa0) && INTRODUCED.test(before.slice(-INTRODUCTION_CHARS));
}

const AMBIGUOUS = new Set(AMBIGUOUS_NAMES);
const KNOWN = new Set(FIRST_NAMES);

/** A number below 2048 for `text[from … to)`: most surnames share theirs with none of `NOT_NEXT`. */
const nounKey = (text: string, from: number, to: number) =>
  (text.charCodeAt(from) * 61 + text.charCodeAt(to - 1) * 31 + (to - from)) & 2047;
const NOUN_KEYS = new Uint8Array(2048);
for (const noun of NOT_NEXT) NOUN_KEYS[nounKey(noun, 0, noun.length)] = 1;

/** Whether one of the words after the first is none that names a person. */
function hasOtherNoun(match: string): boolean {
  // Cutting words out and looking them up made a third of what a name cost.
  let nouns: ReadonlySet<string> = NOT_NEXT;
  for (let space = match.indexOf(" "); space !== -1; nouns = NOT_SURNAMES) {
    const next = match.indexOf(" ", space + 1), end = next === -1 ? match.length : next;
    if (NOUN_KEYS[nounKey(match, space + 1, end)] === 1 && nouns.has(match.slice(space + 1, end))) return true;
    space = next;
  }
  return false;
}

/** A given name that is no other word, alone or with surnames. */
function certain(match: string, before: string): number {
  if (!match.includes(" ")) return isIntroduced(before) ? 0.7 : 0;
  return hasOtherNoun(match) ? 0 : 0.85;
}

const isLower = (code: number) => code >= 97 && code <= 122;

/** The first two characters of each `PARTICLE`. */
const PARTICLE_STARTS = new Set("va vo zu de di da do du le la te bi ib al el".split(" ").concat("y ", "e "));

/**
 * Whether a name that ends at `to` may be more than a given name alone that nothing introduces, as most are that texts mention. Such a one ends before
 * anything but a hyphen, a capital or a particle. Text that is not there yet may be any of these.
 */
function mayBeFound(text: string, _from: number, to: number): boolean {
  // `charCodeAt()` beyond an end would cost every later call, as V8 gives up on the fast form.
  const next = to < text.length ? text.charCodeAt(to) : 0;
  if (next === HYPHEN || next >= 128) return true;
  if (next === SPACE) {
    if (to + 2 >= text.length) return true;
    const initial = text.charCodeAt(to + 1);
    if (!isLower(initial)) {
      if (initial >= CAPITAL_A) return true;
    } else if (text.charCodeAt(to + 2) >= 128 || PARTICLE_STARTS.has(text.slice(to + 1, to + 3))) {
      return true;
    }
  }
  let start = to;
  while (start > 0 && isLower(text.charCodeAt(start - 1) | 32)) start--;
  if (start === 0) return false;
  const last = text.charCodeAt(start - 1);
  return last >= 128 || last <= APOSTROPHE && mayIntroduce(text, start);
}

/** `Mark Johnson` is a name; at the start of a sentence `Will Brown` may be anything. */
function ambiguous(match: string, before: string): number {
  if (hasOtherNoun(match)) return 0;
  const [first, second] = match.split(" ", 2);
  if (!AMBIGUOUS.has(first!)) return 0.85;
  return KNOWN.has(second!) || !/(?:^|[.!?]["')]?\s+|\n)$/.test(before) ? 0.7 : 0.5;
}

const NAME = { entity: "person", label: "Name of a person", region: "global", score: 0.85, wholeWord: true } as const;
const INITIALS = String.raw`(?:-\p{Lu}\p{L}+)?(?: \p{Lu}\.){0,2}`;
const TITLE =
  "(?:Sig(?:\\.ra)?|M(?:r|rs|s|iss|x|me|lle|onsieur|adame|evrouw|eneer)|Dr|Prof|Professor|Sir|Dame|Herr|Frau|Señora?|Sra?|Signora?|Dott|Doña|Pani?)";

/** No given names, whatever surname follows. */
const NOT_FIRST = NOT_SURNAMES.union(SENTENCE_STARTS);

/** Whether the text ends in a word with a capital and a space. */
function followsCapital(before: string): boolean {
  if (!before.endsWith(" ")) return false;
  return /\p{Lu}\p{L}*$/u.test(before.slice(before.lastIndexOf(" ", before.length - 2) + 1, -1));
}

/** A word before a known surname is a given name unless it is one that sentences begin with, or a title of its own. */
function beforeSurname(match: string, before: string): number {
  const first = match.slice(0, match.indexOf(" "));
  if (NOT_FIRST.has(first) || hasOtherNoun(match)) return 0;
  return followsCapital(before) ? 0.5 : 0.75;
}

export const PERSON: readonly EntityRule[] = [
  {
    ...NAME,
    pattern: `${alternation(FIRST_NAMES.filter((name) => !AMBIGUOUS.has(name)))}${INITIALS}(?: ${SURNAME}){0,3}`,
    confidence: certain,
    mayPass: mayBeFound,
  },
  { ...NAME, pattern: `${alternation(AMBIGUOUS_NAMES)}${INITIALS}(?: ${SURNAME}){1,3}`, confidence: ambiguous },
  { ...NAME, pattern: String.raw`\p{Lu}\p{Ll}+(?: \p{Lu}\.)? ${alternation(SURNAMES_KNOWN)}`, confidence: beforeSurname },
  {
    ...NAME,
    pattern: String.raw`${TITLE}\.? (?:\p{Lu}\. ){0,2}${SURNAME}(?: ${SURNAME}){0,2}`,
    valid: (match) => !hasOtherNoun(match),
  },
];
