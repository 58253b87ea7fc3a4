import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "passport",
  found: [
    ["Passport no. ", "985507969"],
    ["My passport number is ", "GT6208480"],
    ["passport: ", "F82561913"],
    ["Reisepass ", "C01X00T47"],
    ["passport #", "A1234567"],
    ['"passport": "', "X12345678"],
  ],
  lookAlikes: ["985507969", "GT6208480", "passport office 12345678", "passport ABCDEFGHI", "passport to 20000000 places"],
});
entityTable({
  entity: "driving_licence",
  found: [["driver's license ", "D1234567"], ["Driving licence number: ", "MORGA657054SM9IJ"], ["DL: ", "S514-7785-4532"], [
    "Führerschein ",
    "B072RRE2I55",
  ]],
  lookAlikes: ["D1234567", "driver license required", "model DL D1", "driving licence ABCDEFG"],
});
entityTable({
  entity: "national_id",
  found: [["national ID ", "784-1984-1234567-1"], ["ID card ", "L01X00T471"], ["identity card no. ", "1234567890"], [
    "cédula ",
    "1.234.567.890",
  ]],
  lookAlikes: ["1234567890", "national id required", "ID card office", "identity card 12"],
});
entityTable({
  entity: "medical_record_number",
  found: [["MRN ", "A1234567"], ["MRN: ", "00123456"], ["medical record number ", "MR-445566"], ["patient id ", "P123456"]],
  lookAlikes: ["A1234567", "MRN pending", "patient 12", "patients 123456", "the mrna 12345"],
});
entityTable({
  entity: "health_insurance_number",
  found: [["policy number ", "ABC123456789"], ["member ID: ", "XYZ-123456"], ["subscriber no. ", "12345678-01"], [
    "insurance number ",
    "A123456780",
  ]],
  lookAlikes: ["ABC123456789", "policy 12", "member since 2019", "insurance is 500"],
});
entityTable({
  entity: "employee_id",
  found: [["employee ID ", "E12345"], ["Employee number: ", "004512"], ["staff no. ", "AB-1234"]],
  lookAlikes: ["E12345", "employee 12", "employees 12345", "staff of 12345"],
});
entityTable({
  entity: "license_plate",
  found: [["license plate ", "7ABC123"], ["number plate ", "AB12 CDE"], ["Kennzeichen ", "M-AB 1234"], [
    "registration plate: ",
    "B 123 ABC",
  ]],
  lookAlikes: ["7ABC123", "a plate of 12 cakes", "license plate is missing", "plate ABC"],
});
entityTable({
  entity: "vehicle_vin",
  found: ["1HGCM82633A004352", "1M8GDM9AXKP042788", "5GZCZ43D13S812715", [
    "VIN: ",
    "11111111111111111".replace("11111111111111111", "JH4KA7561PC008269"),
  ]],
  lookAlikes: ["1HGCM82633A004353", "1HGCM82633A00435", "11111111111111111", "1HGCM82633A0O4352", "ABCDEFGHJKLMNPRST"],
});
entityTable({
  entity: "imei",
  found: [["IMEI ", "490154203237518"], ["imei: ", "49-015420-323751-8"], ["device id ", "356938035643809"]],
  checked: true,
  lookAlikes: ["490154203237518", "IMEI 49015420323751"],
});
