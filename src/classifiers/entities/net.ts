/** Network identifiers: e-mail and IP addresses. */
import { isIPv4, isIPv6 } from "node:net";
import type { EntityRule } from "./entity.ts";

/** Loopback, unspecified, broadcast, multicast and documentation addresses identify nobody. */
function isPersonalIpv4(match: string, before: string): boolean {
  if (!isIPv4(match) || /[\d.]$|\b(?:v|version|release)\.? ?$/i.test(before)) return false;
  const first = Number(match.split(".", 1)[0]);
  return first !== 0 && first !== 127 && first < 224;
}

function isPersonalIpv6(match: string, before: string): boolean {
  return isIPv6(match) && !/[\w:.]$/.test(before) && !/^(?:::1?|0:0:0:0:0:0:0:[01]|[fF][fF].*)$/.test(match);
}

export const NET: readonly EntityRule[] = [
  {
    entity: "email",
    label: "E-mail address",
    region: "global",
    score: 0.99,
    pattern: String.raw`\b[A-Za-z0-9][A-Za-z0-9._%+'-]*@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,24}\b`,
    // RFC 5321 section 4.5.3.1: 64 octets before the @, 254 in all.
    valid: (match) => match.length <= 254 && match.indexOf("@") <= 64,
  },
  {
    entity: "ip_address",
    label: "IP address",
    region: "global",
    score: 0.9,
    pattern: String.raw`\b(?:\d{1,3}\.){3}\d{1,3}(?:\.\d+)*\b`,
    valid: isPersonalIpv4,
  },
  {
    entity: "ip_address",
    label: "IP address",
    region: "global",
    score: 0.9,
    pattern: String.raw`\b[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}(?:[0-9A-Fa-f]{1,4}\b|:)`,
    valid: isPersonalIpv6,
  },
];
