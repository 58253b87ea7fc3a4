/** `url_policy`: where links may point. */
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { entityClassifier } from "./entities/detector.ts";
import type { EntityClassifier } from "./types.ts";

/** `acme.com` stands for itself and everything below it; `=acme.com` for itself only. */
const host = z.string().regex(/^=?(?:\*\.)?[\p{L}\p{N}.-]+$/u, "expected a host name like acme.com");

export const urlPolicyOptions = z.strictObject({
  /** When given, links to other hosts are findings. */
  allow: z.array(host).optional(),
  deny: z.array(host).optional(),
});
export type UrlPolicyOptions = z.infer<typeof urlPolicyOptions>;

/** The host as a browser reads it: user info, ports, Unicode names, odd numbers for addresses. `undefined`: no browser would go there. */
function hostOf(link: string): string | undefined {
  // Backslashes count as slashes, as in the WHATWG URL standard; `hxxp` is how people disarm links that others re-arm.
  const spelled = link.replace(/^hxxp/i, "http").replace(/^www\./i, "http://www.").replace(/^\/\//, "http://");
  try {
    return new URL(spelled).hostname.replace(/\.$/, "");
  } catch {
    return undefined;
  }
}

function covers(entry: string, host: string): boolean {
  const name = entry.replace(/^=/, "").replace(/^\*\./, "").toLowerCase();
  const ascii = hostOf(`http://${name}`) ?? name;
  return host === ascii || (!entry.startsWith("=") && host.endsWith(`.${ascii}`));
}

/** Links that hide where they go: a user name that looks like a host, a bare address, an encoded name. */
function isDisguised(link: string, host: string): boolean {
  return /^[a-z]+:[/\\]+[^/\\?#]*@/i.test(link) || isIPv4(host) || isIPv6(host.replace(/^\[|\]$/g, "")) || /(?:^|\.)xn--/.test(host);
}

/** Scores 1 for denied links and those off the list of allowed ones, 0.7 for links in disguise; the span is the link. */
export function urlPolicy(name: string, { allow, deny = [] }: UrlPolicyOptions): EntityClassifier {
  const score = (link: string): number => {
    const host = hostOf(link);
    if (host === undefined) return 0;
    if (deny.some((entry) => covers(entry, host))) return 1;
    if (allow !== undefined) return allow.some((entry) => covers(entry, host)) ? 0 : 1;
    return isDisguised(link, host) ? 0.7 : 0;
  };
  const end = String.raw`[^\s"'<>\x60{}|()\[\]]*[\p{L}\p{N}/_=&#%-]`;
  const sources = [String.raw`(?:h(?:tt|xx)ps?|ftps?|wss?):[/\\]{2}${end}`, String.raw`www\.[\p{L}\p{N}]${end}`];
  const entities = sources.map((source) => ({
    entity: "url",
    label: "Link against the URL policy",
    region: "global",
    score: 1,
    spec: { source: `\\b${source}`, caseInsensitive: true, check: score },
  }));
  return entityClassifier(name, entities);
}
