/** Network identifiers: e-mail, addresses of hosts and devices, URLs. */
import { isIPv4, isIPv6 } from "node:net";
import type { EntityRule } from "./entity.ts";

/** Loopback, unspecified, broadcast and multicast addresses identify nobody; four dotted numbers after "version" are one. */
function isPersonalIpv4(match: string, before: string): boolean {
  if (
    !isIPv4(match) ||
    /[\d.]$|(?:\b(?:v|version|release|build|patch|firmware|python|java|php|chrome|firefox|safari|android|ios|section|table|chapter|clause|figure|paragraph|article)\.?|§) ?$/i
      .test(before)
  ) return false;
  const first = Number(match.split(".", 1)[0]);
  return first !== 0 && first !== 127 && first < 224;
}

function isPersonalIpv6(match: string, before: string): boolean {
  return isIPv6(match) && !/[\w:.]$/.test(before) && !/^(?:::1?|0:0:0:0:0:0:0:[01]|[fF][fF].*)$/.test(match);
}

/** Hosts on this machine point at nobody. */
const LOCAL_URL = /^[a-z]+:\/\/(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\])(?=[:/?#]|$)/i;

export const NET: readonly EntityRule[] = [
  {
    entity: "email",
    label: "E-mail address",
    region: "global",
    score: 0.99,
    pattern: String.raw`\b[A-Za-z0-9][A-Za-z0-9._%+'-]*@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,24}\b`,
    // RFC 5321 section 4.5.3.1: 64 octets before the @, 254 in all. `git@host:owner/repository` names nobody.
    valid: (match) => match.length <= 254 && match.indexOf("@") <= 64 && !match.startsWith("git@"),
  },
  {
    entity: "ip_address",
    label: "IP address",
    region: "global",
    score: 0.9,
    // More than four numbers are taken whole, so that part of them does not pass for an address.
    pattern: String.raw`\b(?:\d{1,3}\.){3}\d{1,3}(?:\.\d{1,9})*\b`,
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
  {
    entity: "mac_address",
    label: "MAC address",
    region: "global",
    score: 0.9,
    pattern: String
      .raw`\b[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5,7}|(?:-[0-9A-Fa-f]{2}){5,7})\b|\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b`,
    valid: (match, before) =>
      match.length <= 17 && !/[:.-]$/.test(before) && !/^(?:00[:-]){5}00$|^(?:ff[:-]){5}ff$/i.test(match) &&
      (match.length !== 14 || /[A-Fa-f]/.test(match)),
  },
  {
    entity: "url_credentials",
    label: "URL with a user name and password",
    region: "global",
    score: 0.95,
    pattern: String.raw`\b[a-z][a-z0-9+]{1,14}://[^\s/:@"'<>]+:[^\s/@"'<>]+@[A-Za-z0-9.:\[\]-]*[A-Za-z0-9\]]`,
    caseInsensitive: true,
  },
  {
    entity: "url",
    label: "Web address",
    region: "global",
    score: 0.5,
    pattern: String
      .raw`\b(?:(?:https?|ftp)://|www\.)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#][^\s"'<>\x60{}|\\^]*[A-Za-z0-9/_=&#-]|/)?`,
    caseInsensitive: true,
    valid: (match) => /\.[a-z]|\d\.\d/i.test(match.replace(/^www\./i, "")) && !LOCAL_URL.test(match),
  },
];
