import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "ca_sin",
  found: ["130 692 544", "130-692-544", ["SIN ", "193 456 787"]],
  checked: true,
  lookAlikes: ["130692544", "030 692 544", "130-692 544"],
});
entityTable({
  entity: "au_tfn",
  found: [["TFN ", "123 456 782"], ["tax file number ", "876543210"]],
  checked: true,
  lookAlikes: ["123 456 782", "TFN 12345678"],
});
entityTable({
  entity: "au_medicare",
  found: [["Medicare ", "2123 45670 1"], ["medicare card ", "2123456701"]],
  lookAlikes: ["2123 45670 1", "Medicare 2123 45671 1", "Medicare 1123 45670 1"],
});
entityTable({
  entity: "au_abn",
  found: [["ABN ", "51 824 753 556"], ["ABN: ", "51824753556"]],
  checked: true,
  lookAlikes: ["51 824 753 556", "ABN 01 824 753 556"],
});
entityTable({
  entity: "in_aadhaar",
  found: ["2341 2341 2346", "2341-2341-2346", ["Aadhaar ", "234123412346"]],
  checked: true,
  lookAlikes: ["234123412346", "1341 2341 2346", "2341 2341 2346 1111"],
});
entityTable({
  entity: "in_pan",
  found: ["ABCPE1234F", "AAACT2727Q", ["PAN: ", "BNZPM2501F"]],
  lookAlikes: ["ABCDE1234F", "ABCPE12345", "ABCPE1234", "abcpe1234f"],
});
entityTable({
  entity: "br_cpf",
  found: ["529.982.247-25", "111.444.777-35", ["CPF ", "52998224725"]],
  checked: true,
  lookAlikes: ["111.111.111-11", "52998224725", "529.982.247-2"],
});
entityTable({
  entity: "br_cnpj",
  found: ["11.222.333/0001-81", "11.444.777/0001-61"],
  checked: true,
  lookAlikes: ["11.111.111/1111-12", "11.222.333/0001-8", "11222333000181"],
});
entityTable({
  entity: "mx_curp",
  found: ["HEGG560427MVZRRL04", "BOXW310820HNERXN09"],
  checked: true,
  lookAlikes: ["HEGG561327MVZRRL04", "HEGG560427AVZRRL04", "HEGG560427MVZRRL0"],
});
entityTable({
  entity: "za_id",
  found: ["8001015009087", ["ID number ", "800101 5009 087"]],
  checked: true,
  lookAlikes: ["8013015009087", "8001015009287", "800101500908"],
});
entityTable({
  entity: "sg_nric",
  found: ["S1234567D", "T1234567J", "F1234567N", "G1234567X"],
  checked: true,
  lookAlikes: ["A1234567D", "S123456D", "s1234567d"],
});
entityTable({
  entity: "jp_my_number",
  found: [["My Number ", "123456789018"], ["マイナンバー ", "1234-5678-9018"]],
  checked: true,
  lookAlikes: ["123456789018", "my number of apples"],
});
entityTable({
  entity: "kr_rrn",
  found: ["900101-1234567", "021231-4234567"],
  lookAlikes: ["901301-1234567", "900101-9234567", "900132-1234567", "900101-123456"],
});
entityTable({
  entity: "cn_resident_id",
  found: ["11010519491231002X", "11010519491231002x"],
  lookAlikes: ["110105194912310021", "110105194913310020", "1101051949123100"],
});
entityTable({
  entity: "tr_tckn",
  found: [["TC Kimlik ", "10000000146"], ["TCKN ", "12345678950"]],
  checked: true,
  lookAlikes: ["10000000146", "TCKN 00000000146"],
});
entityTable({
  entity: "cl_rut",
  found: ["12.345.678-5", "11.111.111-1"],
  checked: true,
  lookAlikes: ["12345678-5", "12.345.678", "1.2.3-4"],
});
entityTable({
  entity: "nz_ird",
  found: [["IRD ", "49-091-850"], ["inland revenue number ", "136-410-132"]],
  lookAlikes: ["49-091-850", "IRD 49-091-85", "third 49-091-850"],
});
