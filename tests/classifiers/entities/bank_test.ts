import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "iban",
  found: [
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "GB82 WEST 1234 5698 7654 32",
    "GB82WEST12345698765432",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NO93 8601 1117 947",
    "NL91ABNA0417164300",
    "de89 3704 0044 0532 0130 00",
    "nl91abna0417164300",
    "ES91 2100 0418 4502 0005 1332",
    "BE68 5390 0754 7034",
    "IT60 X054 2811 1010 0000 0123 456",
    "CH93 0076 2011 6238 5295 7",
    "AT61 1904 3002 3457 3201",
    "PL61 1090 1014 0000 0712 1981 2874",
    "SE45 5000 0000 0583 9825 7466",
    "PT50 0002 0123 1234 5678 9015 4",
    "IE29 AIBK 9311 5212 3456 78",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    ["IBAN: ", "DK50 0040 0440 1162 43"],
  ],
  lookAlikes: [
    "DE89 3704 0044 0532 0130 01",
    "GB82WEST1234569876543",
    "ZZ89 3704 0044 0532 0130 00",
    "GB82WEST12345698765433",
    "GB82WEST123456987654321",
    "DE123456789",
    "DE89",
    "part DE89-3704-X",
    "the FR14 bus to 2004",
    "NO93 8601 1117 94",
    "AB12 3456 7890 1234",
    "SE45 5000 0000 0583 9825 7467",
    "XK00 0000 0000 0000 0000",
    "ES00 2100 0418 4502 0005 1332",
    "1ZDQE9017858104974",
  ],
});
entityTable({
  entity: "swift_bic",
  found: [["BIC: ", "DEUTDEFF"], ["SWIFT code ", "CHASUS33XXX"], ["swift ", "NEDSZAJJ"], ["BIC/SWIFT: ", "BARCGB22"]],
  lookAlikes: ["DEUTDEFF", "SWIFT: ABCDEFGH", "BIC: DEUTZZFF", "the SWIFT language", "BIC pens"],
});
entityTable({
  entity: "us_routing_number",
  found: [["routing number ", "021000021"], ["ABA: ", "011401533"], ["Routing #: ", "122105155"]],
  checked: true,
  lookAlikes: ["021000021", "routing 999999999", "routing number 000000000", "ABA 12345678"],
});
entityTable({
  entity: "uk_sort_code",
  found: [["sort code ", "20-00-00"], ["Sort Code: ", "60 16 13"], ["sort-code ", "12-34-56"]],
  lookAlikes: ["20-00-00", "sort code 20-00-0", "on 12-34-56", "sort code 20-00 00"],
});
entityTable({
  entity: "bank_account",
  found: [["account number ", "31926819"], ["Account No. ", "0001234567"], ["Kontonummer: ", "532013000"], ["acct ", "1234-5678-90"]],
  lookAlikes: ["31926819", "account number 00000000", "account number is secret", "on account of 12345", "invoice 31926819"],
});
