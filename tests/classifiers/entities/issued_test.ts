/**
 * Numbers as their offices issue them: fifteen of each kind, written from the published rule (the check digit is computed, never looked
 * up), beside the known examples in the other tables. None may be found in everyday numbers, nor with its last character miscopied.
 */
import { entityTable } from "../support/entity_table.ts";
import { everyday } from "../support/everyday.ts";

/** Park and Miller's generator: the same numbers in every run. */
let state = 20_26;
const next = (below: number) => (state = state * 48271 % 2147483647) % below;
const pick = (from: string | readonly string[]) => from[next(from.length)]!;
const digits = (count: number) => Array.from({ length: count }, () => String(next(10))).join("");
const two = (least: number, most: number) => String(least + next(most - least + 1)).padStart(2, "0");
const yymmdd = () => two(40, 99) + two(1, 12) + two(1, 28);
const ddmmyy = () => two(1, 28) + two(1, 12) + two(40, 99);

const sum = (number: string, weights: readonly number[]) => weights.reduce((all, weight, i) => all + weight * Number(number[i]), 0);
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);
/** Spaces, dots and dashes in the places of `shape`'s. */
const shaped = (text: string, shape: string) => {
  let at = 0;
  return shape.replace(/#/g, () => text[at++]!);
};

/** The first made value that is one: some bodies have no check digit. */
function firstOf(make: () => string | undefined): string {
  for (;;) {
    const value = make();
    if (value !== undefined) return value;
  }
}
const single = (check: number) => check > 9 ? undefined : String(check);
/** `body` with the check digit that `of` computes, or none. */
const checkedBy = (make: () => string, of: (body: string) => string | undefined) => () =>
  firstOf(() => {
    const body = make();
    const check = of(body);
    return check === undefined ? undefined : body + check;
  });

/** ISO/IEC 7812-1 annex B, in the issuer's direction: the body's last digit is doubled. */
function luhnDigit(body: string): string {
  const all = [...body].reverse().reduce((all, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return all + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - all % 10) % 10);
}

const spanish = (number: number) => "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]!;
const mod97 = (number: string) => String(97 - Number(BigInt(number) % 97n)).padStart(2, "0");

/** Receita Federal: two check digits by falling weights. */
function brazilian(body: string, weights: (length: number) => readonly number[]): string {
  for (let i = 0; i < 2; i++) {
    const rest = sum(body, weights(body.length)) % 11;
    body += rest < 2 ? "0" : String(11 - rest);
  }
  return body;
}
const cnpjWeights = (length: number) => [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2].slice(13 - length);

/** ISO/IEC 7064 MOD 11,10. */
function mod11x10Digit(body: string): string {
  let product = 10;
  for (const digit of body) product = ((Number(digit) + product) % 10 || 10) * 2 % 11;
  return String((11 - product) % 10);
}

/** Ten digits of which one stands twice, the first not 0. */
const germanBody = () =>
  firstOf(() => {
    const order = [..."0123456789"].sort(() => next(3) - 1);
    order[9] = order[next(8) + 1]!;
    return order[0] !== "0" && new Set(order).size === 9 ? order.join("") : undefined;
  });

interface Issued {
  readonly entity: string;
  readonly before?: string;
  readonly make: () => string;
  /** The last character is a check. */
  readonly checked?: true;
}

const eleven = (weights: readonly number[]) => (body: string) => single((11 - sum(body, weights) % 11) % 11);
const luhnNumber = (make: () => string) => checkedBy(make, luhnDigit);

const issued: readonly Issued[] = [
  { entity: "ca_sin", before: "SIN ", make: () => shaped(luhnNumber(() => pick("123456789") + digits(7))(), "### ### ###"), checked: true },
  { entity: "za_id", before: "ID number ", make: luhnNumber(() => yymmdd() + digits(4) + "08"), checked: true },
  { entity: "imei", before: "IMEI ", make: luhnNumber(() => "35" + digits(12)), checked: true },
  { entity: "us_npi", before: "NPI ", make: checkedBy(() => "1" + digits(8), (body) => luhnDigit("80840" + body)), checked: true },
  {
    entity: "au_tfn",
    before: "TFN ",
    // 10 × check ≡ −check modulo 11.
    make: () => shaped(checkedBy(() => digits(8), (body) => single(sum(body, [1, 4, 3, 7, 5, 8, 6, 9]) % 11))(), "### ### ###"),
    checked: true,
  },
  {
    entity: "au_medicare",
    before: "Medicare ",
    make: () => {
      const body = pick("23456") + digits(7);
      return shaped(body + String(sum(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10) + "1", "#### ##### #");
    },
  },
  {
    entity: "au_abn",
    before: "ABN ",
    make: () => {
      const body = digits(9);
      const lead = 10 + (89 - sum(body, [3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89);
      return shaped(String(lead) + body, "## ### ### ###");
    },
    checked: true,
  },
  {
    entity: "br_cpf",
    make: () => shaped(brazilian(pick("12345678") + digits(8), (length) => down(length + 1, 2)), "###.###.###-##"),
    checked: true,
  },
  { entity: "br_cnpj", make: () => shaped(brazilian(digits(8) + "0001", cnpjWeights), "##.###.###/####-##"), checked: true },
  {
    entity: "cn_resident_id",
    make: checkedBy(
      () => "1101" + two(1, 20) + "19" + yymmdd() + digits(3),
      (body) => "10X98765432"[sum(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11],
    ),
  },
  {
    entity: "jp_my_number",
    before: "My Number ",
    make: () =>
      shaped(
        checkedBy(() => digits(11), (body) => {
          const rest = sum(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
          return rest < 2 ? "0" : String(11 - rest);
        })(),
        "#### #### ####",
      ),
    checked: true,
  },
  {
    entity: "tr_tckn",
    before: "TCKN ",
    make: () => {
      const body = pick("123456789") + digits(8);
      const tenth = ((sum(body, [7, -1, 7, -1, 7, -1, 7, -1, 7]) % 10) + 10) % 10;
      const ten = body + tenth;
      return ten + sum(ten, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10;
    },
    checked: true,
  },
  {
    entity: "cl_rut",
    make: () =>
      shaped(checkedBy(() => pick("12") + digits(7), (body) => "0K987654321"[sum(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11])(), "##.###.###-#"),
    checked: true,
  },
  {
    entity: "sg_nric",
    make: checkedBy(
      () => pick("SF") + digits(7),
      (body) => (body[0] === "S" ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[sum(body.slice(1), [2, 7, 6, 5, 4, 3, 2]) % 11],
    ),
    checked: true,
  },
  { entity: "kr_rrn", make: () => `${yymmdd()}-${pick("12")}${digits(6)}` },
  { entity: "nz_ird", before: "IRD ", make: () => shaped(pick("1234567") + digits(7), "##-###-###") },
  { entity: "in_pan", make: () => pick("ABCDE") + pick("FGHJK") + pick("LMNPQ") + "P" + pick("RSTUV") + digits(4) + pick("ABCDEF") },
  {
    entity: "us_routing_number",
    before: "routing number ",
    make: checkedBy(() => two(1, 12) + digits(6), (body) => String((10 - sum(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10) % 10)),
    checked: true,
  },
  {
    entity: "us_dea_number",
    before: "DEA ",
    make: checkedBy(() => pick("ABFM") + pick("CDEGHJKS") + digits(6), (body) => String(sum(body.slice(2), [1, 2, 1, 2, 1, 2]) % 10)),
    checked: true,
  },
  {
    entity: "uk_nhs_number",
    before: "NHS number ",
    make: () => shaped(checkedBy(() => pick("4567") + digits(8), eleven(down(10, 2)))(), "### ### ####"),
    checked: true,
  },
  { entity: "uk_nino", make: () => `${pick("ABCEHJ")}${pick("CEHJLM")}${digits(6)}${pick("ABCD")}` },
  { entity: "es_dni", make: checkedBy(() => pick("1234567") + digits(7), (body) => spanish(Number(body))), checked: true },
  { entity: "es_nie", make: checkedBy(() => "X" + digits(7), (body) => spanish(Number(body.slice(1)))), checked: true },
  {
    entity: "fr_nir",
    before: "sécurité sociale ",
    make: () => {
      const body = pick("12") + two(40, 99) + two(1, 12) + two(1, 95) + digits(6);
      return shaped(body + mod97(body), "# ## ## ## ### ### ##");
    },
    checked: true,
  },
  { entity: "de_tax_id", before: "Steuer-ID ", make: checkedBy(germanBody, mod11x10Digit), checked: true },
  {
    entity: "pl_pesel",
    before: "PESEL ",
    make: checkedBy(() => yymmdd() + digits(4), (body) => String((10 - sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10)),
    checked: true,
  },
  {
    entity: "nl_bsn",
    before: "BSN ",
    make: checkedBy(() => pick("12") + digits(7), (body) => single(sum(body, down(9, 2)) % 11)),
    checked: true,
  },
  {
    entity: "be_national_number",
    make: () => {
      const body = yymmdd() + digits(3);
      return shaped(body + mod97(body), "##.##.##-###.##");
    },
    checked: true,
  },
  {
    entity: "pt_nif",
    before: "NIF ",
    make: checkedBy(() => pick("1256") + digits(7), (body) => {
      const check = 11 - sum(body, down(9, 2)) % 11;
      return check > 9 ? "0" : String(check);
    }),
    checked: true,
  },
  {
    entity: "ie_pps",
    before: "PPS ",
    make: checkedBy(() => digits(7), (body) => "WABCDEFGHIJKLMNOPQRSTUV"[sum(body, down(8, 2)) % 23]),
    checked: true,
  },
  {
    entity: "at_svnr",
    before: "SVNR ",
    make: () =>
      firstOf(() => {
        const serial = pick("123456789") + digits(2), birthday = ddmmyy();
        const check = single((sum(serial, [3, 7, 9]) + sum(birthday, [5, 8, 4, 2, 1, 6])) % 11);
        return check === undefined ? undefined : `${serial}${check} ${birthday}`;
      }),
  },
  { entity: "se_personnummer", make: () => shaped(luhnNumber(() => yymmdd() + digits(3))(), "######-####"), checked: true },
  {
    entity: "fi_hetu",
    make: () => {
      const birthday = ddmmyy(), serial = digits(3);
      return `${birthday}-${serial}${"0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(birthday + serial) % 31]}`;
    },
    checked: true,
  },
  { entity: "dk_cpr", before: "CPR ", make: () => `${ddmmyy()}-${digits(4)}` },
  {
    entity: "no_fodselsnummer",
    before: "fødselsnummer ",
    make: checkedBy(checkedBy(() => ddmmyy() + digits(3), eleven([3, 7, 6, 1, 8, 9, 4, 5, 2])), eleven([5, 4, 3, 2, 7, 6, 5, 4, 3, 2])),
    checked: true,
  },
  { entity: "us_itin", make: () => `9${digits(2)}-${two(70, 88)}-${digits(4)}` },
  { entity: "us_ein", before: "EIN ", make: () => `${two(20, 27)}-${digits(7)}` },
  { entity: "uk_sort_code", before: "sort code ", make: () => `${two(10, 60)}-${two(10, 60)}-${two(10, 60)}` },
  { entity: "uk_utr", before: "UTR ", make: () => shaped(digits(10), "##### #####") },
  {
    entity: "uk_postcode",
    make: () => `${pick(["SW1A", "M1", "B33", "CR2", "EC1A", "LS2", "G12", "EH8"])} ${pick("123456789")}${pick("ABDEFG")}${pick("HJLNPQ")}`,
  },
  { entity: "ca_postal_code", make: () => `${pick("ABCEGHJKLM")}${digits(1)}${pick("ABCEGH")} ${digits(1)}${pick("ABCEGH")}${digits(1)}` },
  { entity: "us_zip_code", before: "ZIP ", make: () => pick("123456789") + digits(4) },
  { entity: "card_expiry", before: "exp ", make: () => `${two(1, 12)}/${two(27, 35)}` },
  { entity: "ip_address", make: () => `${two(11, 99)}.${two(10, 99)}.${two(10, 99)}.${two(10, 99)}` },
  { entity: "mac_address", make: () => Array.from({ length: 6 }, () => pick("0123456789abcdef") + pick("0123456789abcdef")).join(":") },
  { entity: "employee_id", before: "employee ID ", make: () => `E${pick("123456789")}${digits(4)}` },
];

for (const { entity, before = "Here: ", make, checked = false } of issued) {
  const values = new Set<string>();
  while (values.size < 15) values.add(make());
  entityTable({ entity, found: [...values].map((value) => [before, value]), checked, lookAlikes: everyday });
}
