/**
 * Numbers that only the words around them tell from others, as people write them: fifteen of each kind, and what is said with the same
 * words or looks the same without them.
 */
import { entityTable } from "../support/entity_table.ts";
import { everyday } from "../support/everyday.ts";

/** `words|value` per line: the words that stand before a value. */
function written(lines: string): readonly (readonly [string, string])[] {
  return lines.trim().split("\n").map((line) => {
    const [before, value] = line.trim().split("|");
    return [before!, value!] as const;
  });
}

/** Kinds whose shape alone is found too, with a lower score. */
const KNOWN_BY_SHAPE = ["eu_vat", "us_medicare_id"];

/** Number, the words before it, and what nobody may take for it; every number without its words is one more of the latter. */
function inContext(entity: string, lines: string, lookAlikes: readonly string[]): void {
  const found = written(lines);
  const alone = KNOWN_BY_SHAPE.includes(entity) ? [] : found.map(([, value]) => `Lot ${value} is sold`);
  entityTable({ entity, found, lookAlikes: [...lookAlikes, ...everyday, ...alone] });
}

inContext(
  "passport",
  `
  Passport number: |533380006
  passport no. |X1234567
  My passport is |C01X00T47
  Reisepass-Nr. |C01X0006H
  passport #|910239248
  Passeport n° |12AB34567
  the passport number is |L898902C3
  passport_number: |HA7654321
  Pasaporte: |XDB123456
  Passaporto |YA1234567
  passport id |A12345678
  "passport": "|N1234567
  her passport was |P7654321
  paspoort: |NP1234567
  Passport No |K0345678
  `,
  ["passport photo 35x45", "my passport expires in 2031", "passport control at gate 12", "Passport: pending"],
);
inContext(
  "driving_licence",
  `
  driver's license |D1234567
  Driver license number: |S530-4606-0125
  driving licence |AB123456
  drivers license no. |123456789
  driving license is |F255-9215-0094
  DL: |C8765432
  dl number |G61288800
  Führerschein |B072RRE2I55
  permis de conduire |880692310285
  patente di guida |U1A234567B
  rijbewijs |5000123456
  Driver's licence: |K12345678901234
  DRIVER LICENSE #|Y9876543
  driving licence no |MORGA657054SM9IJ
  licencia de conducir |X1234567
  `,
  ["a driver's license costs 35 dollars", "driving licence test in 2024", "drivers wanted: call 4 p.m."],
);
inContext(
  "national_id",
  `
  national ID |123456789
  National identity number: |850214-1234
  ID card |AB1234567
  identity card no. |Y1234567
  Personalausweis |T22000129
  citizen ID: |3509902123456
  cédula |1.234.567-8
  cedula: |001-1234567-8
  carte d'identité |880692310285
  Identification number |784198012345678
  dowód osobisty |ABA300000
  national id number is |29001011234567
  Identity card: |E12345678
  identification: |900101145678
  National ID #|4012345678
  `,
  ["national identity is a debate of 2024", "an id card for 5 euros", "identification of 12 suspects"],
);
inContext(
  "medical_record_number",
  `
  MRN |00123456
  MRN: |A-123456
  mrn #|7654321
  medical record number |MR123456
  Medical record no. |88123
  patient ID: |P1234567
  patient number |445566
  Chart number |C-90871
  chart # |120934
  health record |HR998877
  Patient |12345678
  patient id is |PT00981
  MRN=|55501234
  medical record: |X-777123
  Patient no. |AB123456
  `,
  ["the patient is 45 years old", "patient 12 of 30", "a chart of 2023 sales", "MRN pending"],
);
inContext(
  "health_insurance_number",
  `
  policy number |ABC123456789
  Policy no. |12345678
  member ID: |XYZ-987654321
  Member number |100200300
  insurance number |GH1234567
  Insurance ID |A123456780
  subscriber ID |W234567891
  Subscriber number: |55566677
  health plan id |HP12345678
  Versicherten-Nr. |A123456787
  policy: |POL-5566778
  member id |1234567-01
  Insurance policy |99887766
  subscriber |QX1234567
  policy # |7788990011
  `,
  ["our policy of 2024", "the member for 3 years", "insurance costs 1200 a year", "policy 4.2 applies"],
);
inContext(
  "license_plate",
  `
  license plate |7ABC123
  License plate: |ABC 1234
  number plate |AB12 CDE
  plate |XYZ 789
  licence plate no. |KA 1234
  Kennzeichen |B-MW 1234
  Kennzeichen: |M AB 123
  plate number |CAL 4567
  registration plate |LT 345 C
  vehicle registration |WX67 YZA
  matrícula |1234 BCD
  targa |AB 123 CD
  immatriculation |AB-123-CD
  plate is |HH 12 AB
  Plate #|MHD 143
  `,
  ["a plate of 12 cookies", "number plates cost 40 pounds", "registration closes at 5"],
);
inContext(
  "bank_account",
  `
  account number |12345678
  Account number: |000123456789
  account no. |9876543210
  acct |4455667788
  acct. |112233445
  Acct no |0011223344
  bank account |31926819
  Bank account: |12-3456-7890123-00
  a/c |50100123456789
  account number is |2234567890
  ACCOUNT NUMBER |87654321
  bank account no |1029384756
  account no |60161331926819
  my bank account |70-123456-8
  a/c: |918020012345678
  `,
  ["my account has 12 followers", "the bank of 1823", "account manager since 2014", "acct 11111111"],
);
inContext(
  "swift_bic",
  `
  BIC: |DEUTDEFF
  BIC |COBADEFFXXX
  SWIFT |CHASUS33
  swift code |BOFAUS3N
  SWIFT code: |HSBCHKHH
  BIC/SWIFT |BARCGB22
  bic |INGBNL2A
  Swift: |UBSWCHZH80A
  BIC code |BNPAFRPP
  SWIFT/BIC: |NEDSZAJJ
  swift |SOGEFRPP
  the BIC is |RABONL2U
  Swift code |ICBKCNBJ
  BIC = |CRESCHZZ80A
  SWIFT: |ANZBAU3M
  `,
  ["SWIFT: ABCDEFGH", "BIC: DEUTZZFF", "BIC pens write well", "the SWIFT language", "Taylor SWIFT CONCERTS"],
);
inContext(
  "eu_vat",
  `
  VAT |DE136695976
  VAT number: |ATU13585627
  VAT ID |NL004495445B01
  USt-IdNr. |DE129273398
  TVA |FR40303265045
  IVA |IT00743110157
  P. IVA: |IT07643520567
  BTW |BE0428759497
  VAT no |IE6388047V
  moms |SE556188840401
  VAT: |DK13585628
  NIP |PL8567346215
  VAT no. |FI20774740
  vat id: |LU15027442
  VAT registration |ESB58378431
  `,
  ["VAT is 20 per cent", "VAT: included", "TVA 5.5%", "DE is a country code"],
);
inContext(
  "us_medicare_id",
  `
  Medicare |1EG4-TE5-MK73
  Medicare ID: |1EG4TE5MK73
  MBI |2KM7-NH4-PQ21
  MBI: |3AA1AA1AA11
  beneficiary |4CD2-EF3-GH45
  Medicare number |5FG6-HJ7-KM89
  medicare no. |6TU1-VW2-XY34
  Medicare card |7PQ8RT9UV12
  MBI is |8HJ3KM4NP56
  Medicare beneficiary |9AC5-DE6-FG70
  her medicare id |1WX2YA3CD45
  medicare |2EF6GH7JK89
  MBI = |3NP1-QR2-TU33
  Medicare claim |4VW4-XY5-AC66
  Beneficiary ID |5DE7FG8HJ90
  `,
  ["Medicare part B costs 174 dollars", "1EG4-TE5-MK7", "0EG4-TE5-MK73", "1SG4-TE5-MK73", "1EG4-TE5-MKS3"],
);
entityTable({
  entity: "card_security_code",
  found: [
    "CVV 123",
    "cvv: 987",
    "CVC 456",
    "CVV2: 321",
    "cvc2 654",
    "CSC 789",
    "security code 147",
    "Security code is 258",
    "CVV code: 369",
    "cvv is 1234",
    "CVV=852",
    "card verification value 741",
    "Card verification code: 963",
    "card verification number 159",
    "CVC: 4321",
  ],
  lookAlikes: [
    "CVV",
    "the security code of the door",
    "security code: 12",
    "CVC Capital 2024 report",
    "123",
    "security codes 5 to 12",
    ...everyday,
  ],
});
entityTable({
  entity: "coordinates",
  found: [
    "52.5200, 13.4050",
    "40.7128, -74.0060",
    "-33.8688, 151.2093",
    "48.85661, 2.35222",
    "35.6762,139.6503",
    "-22.9068, -43.1729",
    "55.755826, 37.617300",
    "51.5074, -0.1278",
    "19.4326, -99.1332",
    "-1.2921, 36.8219",
    "59.3293,18.0686",
    "64.1466, -21.9426",
    "1.3521, 103.8198",
    "37.7749, -122.4194",
    "-34.6037,-58.3816",
  ],
  lookAlikes: ["52.5, 13.4", "99.1234, 13.4050", "12.3456, 181.0000", "1.2345 and 6.7890", "3.14159, 2.71", "5.1234,6", ...everyday],
});
entityTable({
  entity: "po_box",
  found: [
    "PO Box 123",
    "P.O. Box 4567",
    "P.O.Box 89",
    "P. O. Box 12",
    "Post Office Box 345",
    "PO Box 12.345",
    "PO BOX 9101",
    "Postfach 10 20 30",
    "Postfach 1234",
    "Apartado 567",
    "Boîte Postale 89",
    "Casella Postale 101",
    "Postbus 2345",
    "P.O. Box 1",
    "PO Box 90210",
  ],
  lookAlikes: [
    "a box of 12",
    "PO number 123",
    "Box 12",
    "post office at 5",
    "Postfach voll",
    "PO Box",
    "the Apartado river 5 km",
    ...everyday,
  ],
});
entityTable({
  entity: "url",
  found: [
    "https://www.wikipedia.org/wiki/Stream",
    "http://acme.io/",
    "https://sub.domain.acme.co.uk/path/file.html",
    "https://acme.io?x=1&y=2",
    "http://acme.io:8080/a#top",
    "ftp://files.acme.net/pub/x.zip",
    "https://example.org",
    "HTTPS://ACME.IO/UP",
    "https://acme.io/~user/",
    "https://198.51.100.7/login",
    "www.acme.io",
    "www.acme.co.uk/shop?id=7",
    "https://x.com/user/status/123",
    "http://a-b.acme.dev/c_d-e",
    "https://acme.io/a/b/c/d.json",
  ],
  lookAlikes: [
    "www",
    "www.",
    "www. acme",
    "http:/acme.io",
    "https//acme.io",
    "acme.io",
    "mailto:a",
    "http://",
    "https:// x",
    "file.html",
    ...everyday,
  ],
});
entityTable({
  entity: "url_credentials",
  found: [
    ["https://user:", "pa55"],
    ["http://admin:", "letmein"],
    ["ftp://joe:", "s3cret"],
    ["postgres://app:", "pw1"],
    ["mysql://root:", "toor"],
    ["redis://default:", "abc"],
    ["amqp://guest:", "guest"],
    ["mongodb://u:", "p4ss"],
    ["smtp://mailer:", "x-y-z"],
    ["ldap://cn:", "hunter2"],
    ["git+https://bot:", "tok3n"],
    ["sftp://up:", "load9"],
    ["https://a.b:", "c.d"],
    ["ws://dev:", "dev"],
    ["http://x:", "y"],
  ].map(([user, password], i) => `${user}${password}@host${i}.acme.io`),
  lookAlikes: [
    "https://acme.io/a@b",
    "https://acme.io:8080/",
    "http://user@acme.io",
    "https://:@acme.io",
    "see http: a:b@c",
    "user:pass@host",
    "10:30@noon",
    "mailto:joe@acme.io",
    "https://acme.io/?q=a:b",
    ...everyday,
  ],
});

/** Park and Miller's generator: the same numbers in every run. */
let state = 11_26;
const next = (below: number) => (state = state * 48271 % 2147483647) % below;
const pick = (from: string) => from[next(from.length)]!;
const many = (count: number, from: string) => Array.from({ length: count }, () => pick(from)).join("");
const digits = (count: number) => many(count, "0123456789");
const two = (least: number, most: number) => String(least + next(most - least + 1)).padStart(2, "0");

/** ISO 3779: letters as digits, weights, the remainder by 11 in the ninth place. */
function vin(): string {
  const letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
  const value = (char: string) => /\d/.test(char) ? Number(char) : (char.charCodeAt(0) - (char < "J" ? 64 : char < "S" ? 73 : 81)) % 10;
  const body = "1" + pick("FGHJ") + many(6, letters) + "0" + many(2, letters) + digits(6);
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const rest = [...body].reduce((sum, char, i) => sum + value(char) * weights[i]!, 0) % 11;
  return body.slice(0, 8) + (rest === 10 ? "X" : String(rest)) + body.slice(9);
}

/** D.M. 23/12/1976: odd places by a table, the sum by 26 as the last letter. */
function codiceFiscale(): string {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  const body = many(6, "BCDFGLMNPRSTVZ") + digits(2) + pick("ABCDEHLMPRST") + two(1, 28) + pick("ABCDEFGHL") + digits(3);
  const sum = [...body].reduce((all, char, i) => {
    const value = /\d/.test(char) ? Number(char) : char.charCodeAt(0) - 65;
    return all + (i % 2 === 0 ? odd[value]! : value);
  }, 0);
  return body + String.fromCharCode(65 + sum % 26);
}

/** Verhoeff's dihedral check, as UIDAI uses it. */
function aadhaar(): string {
  const d = (a: number, b: number) => a < 5 ? b < 5 ? (a + b) % 5 : 5 + (a + b) % 5 : b < 5 ? 5 + (a - b + 5) % 5 : (a - b + 5) % 5;
  const swaps = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permuted = (digit: number, times: number) => Array.from({ length: times % 8 }).reduce<number>((at) => swaps[at]!, digit);
  const body = pick("23456789") + digits(10);
  const sum = [...body].reverse().reduce((check, digit, i) => d(check, permuted(Number(digit), i + 1)), 0);
  const all = body + String([0, 4, 3, 2, 1, 5, 6, 7, 8, 9][sum]);
  return `${all.slice(0, 4)} ${all.slice(4, 8)} ${all.slice(8)}`;
}

/** RENAPO: places by weights from 18 down, letters after N one further. */
function curp(): string {
  const order = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
  const body = many(1, "BCGLMR") + pick("AEIOU") + many(2, "BCGLMR") + two(40, 99) + two(1, 12) + two(1, 28) + pick("HM") + "DF" +
    many(3, "BCDFG") +
    digits(1);
  const sum = [...body].reduce((all, char, i) => all + order.indexOf(char) * (18 - i), 0);
  return body + String((10 - sum % 10) % 10);
}

/** DVLA: five letters of the surname, the birthday with the decade first, two initials, a digit and two letters. */
function ukLicence(): string {
  return many(5, "ABCDEFGHJKLMNPRST") + pick("456789") + two(1, 12) + two(1, 28) + digits(1) + many(1, "ABCDEFGH") + "9" + digits(1) +
    many(2, "ABCDEFGH");
}

const fifteen = (make: () => string): string[] => {
  const made = new Set<string>();
  while (made.size < 15) made.add(make());
  return [...made];
};

entityTable({ entity: "vehicle_vin", found: fifteen(vin), checked: false, lookAlikes: everyday });
entityTable({ entity: "it_codice_fiscale", found: fifteen(codiceFiscale), checked: true, lookAlikes: everyday });
entityTable({ entity: "in_aadhaar", found: fifteen(aadhaar), checked: true, lookAlikes: everyday });
entityTable({ entity: "mx_curp", found: fifteen(curp), checked: true, lookAlikes: everyday });
entityTable({ entity: "uk_driving_licence", found: fifteen(ukLicence), lookAlikes: everyday });
