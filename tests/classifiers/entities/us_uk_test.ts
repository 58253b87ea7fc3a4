import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "ssn",
  found: [
    "536-22-8726",
    "123-45-6789",
    "001-01-0001",
    "899-99-9999",
    "665-12-3456",
    ["SSN: ", "536 22 8726"],
    ["SSN ", "536.22.8726"],
    ["my social security number is ", "536228726"],
    ["Social Security No. ", "219-09-1234"],
    ["ssn=", "457-55-5462"],
    ["('", "482 59 6907"],
    ["| SSN ", "122-68-6037"],
    ["tax id ", "536228726"],
    ["SSN (last verified): ", "771-20-1111"],
    ["her ssn is ", "733-11-0102"],
  ],
  lookAlikes: [
    "000-12-3456",
    "666-12-3456",
    "900-12-3456",
    "123-00-4567",
    "123-45-0000",
    "123-45-67890",
    "123-45-6789-1",
    "9123-45-6789",
    "12-123-45-6789",
    "078-05-1120",
    "219-09-9999",
    "call 536228726",
    "123 45.6789",
    "PO 50891392",
    "123-456-7890",
    "SSN: pending",
  ],
});
entityTable({
  entity: "us_itin",
  found: ["912-70-1234", "900-88-4567", "999-99-1234", ["ITIN ", "912 70 1234"], ["itin: ", "912701234"]],
  lookAlikes: ["912-66-1234", "912-89-1234", "912-93-1234", "812-70-1234", "912701234", "912-70-12345"],
});
entityTable({
  entity: "us_ein",
  found: [["EIN ", "12-3456789"], ["EIN: ", "581234567"], ["employer identification number ", "94-1234567"]],
  lookAlikes: ["12-3456789", "EIN 00-1234567", "EIN 12-345678", "EIN 89-1234567"],
});
entityTable({
  entity: "us_medicare_id",
  found: ["1EG4-TE5-MK73", "1EG4TE5MK73", ["Medicare: ", "2AA0-AA0-AA00"], ["MBI ", "9UA4TE5MK73"]],
  lookAlikes: ["1EG4-TE5-MK7", "0EG4-TE5-MK73", "1SG4-TE5-MK73", "1EG4-TE5-MK733", "FN-09517-748"],
});
entityTable({
  entity: "us_npi",
  found: [["NPI ", "1234567893"], ["npi: ", "1245319599"]],
  checked: true,
  lookAlikes: ["1234567893", "NPI 3234567893", "NPI 123456789"],
});
entityTable({
  entity: "us_dea_number",
  found: ["AB1234563", ["DEA ", "FS1234563"]],
  checked: true,
  lookAlikes: ["AB1234567", "IB1234563", "AB12345631", "ab1234563"],
});
entityTable({
  entity: "uk_nino",
  found: ["AB123456C", "AB 12 34 56 C", "JG103759A", "QQ 12 34 56 C".replace("QQ", "CE"), ["NI number ", "SP939393B"]],
  lookAlikes: ["BG123456C", "GB123456C", "AB123456E", "DA123456C", "AO123456C", "AB12345C", "ZZ123456A", "NAB123456C"],
});
entityTable({
  entity: "uk_nhs_number",
  found: [["NHS number ", "943 476 5919"], ["NHS no: ", "9434765919"], ["nhs ", "401-023-2137"]],
  checked: true,
  lookAlikes: ["943 476 5919", "NHS 111 111 1111", "NHS 943 476 591"],
});
entityTable({
  entity: "uk_driving_licence",
  found: ["MORGA657054SM9IJ", "SMITH701010AB9XY", "EVANS861235JN9QP"],
  lookAlikes: ["MORGA699054SM9IJ", "MORGA657954SM9IJ", "MORGA657054SM9I", "MORGA657054SM9IJJ"],
});
entityTable({
  entity: "uk_utr",
  found: [["UTR ", "12345 67890"], ["unique taxpayer reference: ", "1234567890"]],
  lookAlikes: ["12345 67890", "UTR 1234", "HMRC office 12345"],
});
entityTable({
  entity: "uk_postcode",
  found: ["SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "EC1A 1BB"],
  lookAlikes: ["SW1A1AA1", "Q1 1AA", "M1 1AC", "A1 1", "gate V6 9:36", "sw1a 1aa"],
});
