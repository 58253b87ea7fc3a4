/** The rules of `pii_detector`, family by family. */
import { BANK } from "./bank.ts";
import { CARDS } from "./cards.ts";
import type { EntityRule } from "./entity.ts";
import { NET } from "./net.ts";
import { PHONE } from "./phone.ts";
import { US } from "./us.ts";

export const PII: readonly EntityRule[] = [...CARDS, ...BANK, ...US, ...PHONE, ...NET];
