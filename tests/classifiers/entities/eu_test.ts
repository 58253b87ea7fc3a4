import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "eu_vat",
  found: ["DE136695976", "ATU13585627", "NL004495445B01", "FR40303265045", "IT00743110157", ["VAT no. ", "BE0428759497"], [
    "USt-IdNr.: ",
    "DE136695976",
  ], "SE556188840401"],
  lookAlikes: ["DE13669597", "XX136695976", "ATU1358562", "NL004495445B1", "DE89", "ISBN 9787731039578", "FRAME123456789"],
});
entityTable({
  entity: "es_dni",
  found: ["12345678Z", "12345678-Z", "00000000T", "99999999R"],
  checked: true,
  lookAlikes: ["12345678", "1234567Z", "123456789Z"],
});
entityTable({
  entity: "es_nie",
  found: ["X1234567L", "Y1234567X", "Z-1234567-R"],
  checked: true,
  lookAlikes: ["W1234567L", "X123456L", "X12345678"],
});
entityTable({
  entity: "fr_nir",
  found: ["2 55 08 14 168 025 38", "255081416802538", ["sécurité sociale ", "1 84 12 76 451 089 46"]],
  checked: true,
  lookAlikes: ["3 55 08 14 168 025 38", "2 55 13 14 168 025 38", "2550814168025"],
});
entityTable({
  entity: "it_codice_fiscale",
  found: ["RSSMRA85T10A562S", "rssmra85t10a562s", "MRTMTT91D08F205J"],
  checked: true,
  lookAlikes: ["RSSMRA85T10A562", "RSSMRA85G10A562S", "RSSMRA85T10A562SS"],
});
entityTable({
  entity: "de_tax_id",
  found: [["Steuer-ID ", "86095742719"], ["IdNr. ", "86 095 742 719"], ["Steuer-ID: ", "47036892816"]],
  checked: true,
  lookAlikes: ["86095742719", "Steuer-ID 12345678912", "Steuer-ID 00095742719"],
});
entityTable({
  entity: "pl_pesel",
  found: ["44051401359", ["PESEL ", "02070803628"]],
  checked: true,
  lookAlikes: ["44131401359", "4405140135", "12345678901"],
});
entityTable({
  entity: "nl_bsn",
  found: [["BSN ", "111222333"], ["burgerservicenummer: ", "123456782"], ["BSN ", "1234.56.782"]],
  checked: true,
  lookAlikes: ["111222333", "BSN 000000000"],
});
entityTable({
  entity: "be_national_number",
  found: ["85.07.30-033.28", "00.01.01-001.05"],
  checked: true,
  lookAlikes: ["85.13.30-033.28", "85.07.30-033.2", "85-07-30-033-28"],
});
entityTable({
  entity: "pt_nif",
  found: [["NIF ", "123456789"], ["contribuinte nº ", "501964843"]],
  checked: true,
  lookAlikes: ["123456789", "NIF 423456789"],
});
entityTable({
  entity: "ie_pps",
  found: ["1234567T", "1234567FA", ["PPS ", "1234567TW"]],
  lookAlikes: ["1234567A", "1234567B", "123456T", "12345678T"],
});
entityTable({
  entity: "at_svnr",
  found: [["SVNR ", "1237 010180"], ["Sozialversicherungsnummer ", "1237010180"]],
  lookAlikes: ["1237 010180", "SVNR 1238 010180", "SVNR 1237 990180"],
});
entityTable({
  entity: "se_personnummer",
  found: ["811218-9876", "19811218-9876", "670919-9530"],
  checked: true,
  lookAlikes: ["811318-9876", "8112189876", "811218-987"],
});
entityTable({
  entity: "fi_hetu",
  found: ["131052-308T", "010101-123N"],
  checked: true,
  lookAlikes: ["131352-308T", "131052B3080", "131052-30T"],
});
entityTable({
  entity: "dk_cpr",
  found: [["CPR ", "070761-4285"], ["cpr-nr: ", "0707614285"]],
  lookAlikes: ["070761-4285", "CPR 320761-4285", "CPR 071361-4285"],
});
entityTable({
  entity: "no_fodselsnummer",
  found: ["15076500565", ["fødselsnummer ", "150765 00565"]],
  checked: true,
  lookAlikes: ["15136500565", "1507650056"],
});
