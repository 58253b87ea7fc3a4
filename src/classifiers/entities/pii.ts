/** The rules of `pii_detector`, family by family. */
import { ADDRESSES } from "./address.ts";
import { BANK } from "./bank.ts";
import { CARDS } from "./cards.ts";
import { CRYPTO } from "./crypto.ts";
import { DATES } from "./dates.ts";
import { DOCUMENTS } from "./documents.ts";
import type { EntityRule } from "./entity.ts";
import { EU } from "./eu.ts";
import { NET } from "./net.ts";
import { PERSON } from "./person.ts";
import { PHONES } from "./phone.ts";
import { UK } from "./uk.ts";
import { US } from "./us.ts";
import { WORLD } from "./world.ts";

export const PII: readonly EntityRule[] = [
  ...CARDS,
  ...BANK,
  ...US,
  ...UK,
  ...EU,
  ...WORLD,
  ...DOCUMENTS,
  ...PHONES,
  ...NET,
  ...CRYPTO,
  ...DATES,
  ...PERSON,
  ...ADDRESSES,
];
