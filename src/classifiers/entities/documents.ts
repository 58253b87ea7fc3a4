/** Numbers of documents, devices and vehicles that have no national file of their own; most need a word that says what they are. */
import { luhn } from "./checksums.ts";
import { mayHold } from "./context_words.ts";
import type { EntityRule } from "./entity.ts";

/** ISO 3779 as North America uses it: check digit ninth, X for ten. */
export function isVin(vin: string): boolean {
  const values = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((sum, weight, i) => sum + weight * (values.indexOf(vin[i]!) % 10), 0);
  return "0123456789X"[sum % 11] === vin[8];
}

const hasDigit = (match: string) => /\d/.test(match);

/** Most UTF-16 units between the name of a document and its number. */
const LONGEST_BETWEEN = ' number are" :=#("'.length;

/**
 * What stands behind one of the names, perhaps with a word like "number", "no." or "is" and punctuation between. The names are regular
 * expressions that begin with two plain letters and more.
 */
function behind(...names: readonly string[]): Required<Pick<EntityRule, "valid" | "mayPass" | "within">> {
  const ends = new RegExp(
    String.raw`(?:${names.join("|")})(?:[ _-]?(?:number|no\.?|num|nr\.?|id|n°|#))?(?: is| was| are)?['"]?[ :=#(]{0,3}['"]?$`,
    "iu",
  );
  const beginnings = names.map((name) => /^(?:\\b)?([^\\[(]{2,})/.exec(name)![1]!);
  return {
    valid: (_, before) => ends.test(before),
    mayPass: mayHold(beginnings, true),
    within: Math.max(...names.map((name) => name.length)) + LONGEST_BETWEEN,
  };
}

const PASSPORT = behind("passport", "passeport", "reisepass", "pasaporte", "passaporto", "paspoort", "passnummer", "pass-nr");
const LICENCE = behind(
  "driv(?:er'?s?|ing) licen[cs]e",
  String.raw`\bdl\b`,
  "führerschein",
  "permis de conduire",
  "licencia de conducir",
  "patente di guida",
  "rijbewijs",
);
const RECORD = behind("medical record", "patient", String.raw`\bmrn\b`, "chart", "health record");
const INSURANCE = behind("policy", "member", "insurance", "subscriber", "health plan", "versicherten");
const NATIONAL = behind(
  "national id",
  "national identity",
  "identity card",
  "id card",
  "personalausweis",
  "identification",
  "citizen id",
  "carte d'identité",
  "cédula",
  "cedula",
  "dowód osobisty",
);
const PLATE = behind(
  "licen[cs]e plate",
  "number plate",
  "plate",
  "registration plate",
  "vehicle registration",
  "kennzeichen",
  "matrícula",
  "immatriculation",
  "targa",
);
const EMPLOYEE = behind("employee", "staff", "personnel", "payroll", "personalnummer");

export const DOCUMENTS: readonly EntityRule[] = [
  {
    entity: "passport",
    label: "Passport number",
    region: "global",
    score: 0.9,
    pattern: String.raw`\b(?:[A-Z]{1,2}\d{6,8}|\d{8,9}|[A-Z0-9]{9})\b`,
    ...PASSPORT,
    valid: (match, before) => hasDigit(match) && PASSPORT.valid(match, before),
  },
  {
    entity: "driving_licence",
    label: "Driving licence number",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b(?:[A-Z]{1,5}[ -]?)?\d(?:-?[A-Z0-9]){4,17}\b`,
    ...LICENCE,
  },
  {
    entity: "national_id",
    label: "National identity number",
    region: "global",
    score: 0.8,
    pattern: String.raw`\b(?:(?:[A-Z]{1,3}[ -]?)?\d(?:[ .-]?\d){5,14}(?:-?[A-Z0-9]{1,2})?|[A-Z]{1,3}\d[A-Z0-9]{5,12})\b`,
    ...NATIONAL,
  },
  {
    entity: "medical_record_number",
    label: "Medical record number",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b(?:[A-Z]{1,4}-?\d{3,12}|\d{5,12})\b`,
    ...RECORD,
  },
  {
    entity: "health_insurance_number",
    label: "Health or insurance policy number",
    region: "global",
    score: 0.75,
    pattern: String.raw`\b(?:[A-Z]{1,4}-?\d{5,14}(?:-\d{2})?|\d{6,14}(?:-\d{2})?)\b`,
    ...INSURANCE,
  },
  {
    entity: "employee_id",
    label: "Employee number",
    region: "global",
    score: 0.7,
    pattern: String.raw`\b(?:[A-Z]{1,4}-?\d{3,10}|\d{5,10})\b`,
    ...EMPLOYEE,
  },
  {
    entity: "license_plate",
    label: "Vehicle registration plate",
    region: "global",
    score: 0.75,
    pattern: String.raw`\b(?:[A-Z]{1,3}[ -]?[A-Z]{0,2} ?\d{2,4}(?:[ -]?[A-Z]{1,3})?|\d{1,4}[ -]?[A-Z]{2,3}(?:[ -]?\d{1,4})?)\b`,
    ...PLATE,
  },
  {
    entity: "vehicle_vin",
    label: "Vehicle identification number",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b[A-HJ-NPR-Z0-9]{17}\b`,
    valid: (match) => /[A-Z]/.test(match) && hasDigit(match) && isVin(match),
  },
  {
    entity: "imei",
    label: "Mobile equipment identity (IMEI)",
    region: "global",
    score: 0.85,
    pattern: String.raw`\b\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d\b`,
    valid: (match) => luhn(match.replace(/\D/g, "")),
    context: ["imei", "device id", "handset"],
  },
];
