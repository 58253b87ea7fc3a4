/** The rules of `secrets`: issued credentials, keys, connection strings, passwords, and random tokens that are called secret. */
import type { EntityRule } from "./entity.ts";
import { entropyBits, mixture } from "./entropy.ts";
import { PROVIDERS } from "./providers.ts";

/** What stands where a secret would, in documentation. */
const PLACEHOLDER =
  /^(?:[<$%{[]|x{4}|\*{3}|\.{3}|your|my[-_]|the[-_]|example|placeholder|changeme|change_me|redacted|dummy|process\.env|os\.environ|env\.|null|none|undefined|true|false)/i;

/** The value of `name = value`. */
function valueOf(match: string): string {
  return match.replace(/^[^:=]*[:=]+>?\s*["'\x60]?/, "");
}

/** A password that a person chose has a digit or a symbol, or is given as a literal in quotes. */
function isPassword(match: string): boolean {
  const value = valueOf(match);
  if (PLACEHOLDER.test(value) || value.length < 6) return false;
  // `pwd` also prints where one is.
  if (/^~?\.{0,2}\/[\w./-]+$/.test(value)) return false;
  return /\d/.test(value) || /[^A-Za-z0-9.()]/.test(value) || /["'\x60]/.test(match);
}

/** Random enough for its alphabet: 16 symbols at most 4 bits, 64 symbols at most 6. */
function isToken(token: string): boolean {
  if (PLACEHOLDER.test(token)) return false;
  const bits = entropyBits(token);
  return /^[0-9a-f]+$/i.test(token) ? bits > 3 && token.length >= 32 : bits > 3.4 && mixture(token) > 0.25 && /\d/.test(token);
}

const secret = (entity: string, label: string, score: number) => ({ entity, label, region: "global", score });

export const SECRETS: readonly EntityRule[] = [
  ...PROVIDERS,
  {
    ...secret("jwt", "JSON Web Token", 0.95),
    // The signature may lie beyond the longest match; header and claims are what gives it away.
    pattern: String.raw`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?`,
  },
  {
    ...secret("private_key", "Private key", 0.99),
    // Its first lines; the others follow as `key_material`.
    pattern: String
      .raw`-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=:,.\\ \t\r\n-]{0,400}-----END [A-Z ]{4,24}-----|[A-Za-z0-9+/=\\\r\n]{0,400})`,
  },
  {
    ...secret("key_material", "Lines of an encoded key", 0.8),
    pattern: String.raw`\b[A-Za-z0-9+/]{64}(?:\r?\n[A-Za-z0-9+/]{64}){0,4}(?:\r?\n[A-Za-z0-9+/]{1,63}={0,2})?`,
    valid: (match, before) => mixture(match.slice(0, 64)) > 0.3 && /(?:KEY(?: BLOCK)?-----|[A-Za-z0-9+/]{24})(?:\r?\n|\\n)$/.test(before),
  },
  {
    ...secret("connection_string", "Connection string with a password", 0.95),
    pattern: String
      .raw`\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|sqlserver|clickhouse|cockroachdb|oracle|s?ftps?|ldaps?|smtps?|imaps?|https?|nats)(?:\+[a-z0-9]{2,12})?://[^\s:/@"'<>]{0,64}:[^\s@/"'<>]{1,128}@[^\s"'<>\x60,)]{0,160}[^\s"'<>\x60,).]`,
    valid: (match) => !PLACEHOLDER.test(match.replace(/^[^:]+:\/\/[^:]*:/, "")),
  },
  {
    ...secret("connection_string", "Connection string with a password", 0.9),
    pattern: String
      .raw`\b(?:Server|Data Source|Host)=[^;\s"']{1,80};(?:[A-Za-z ]{1,24}=[^;"']{0,60};){0,6}?(?:Password|Pwd)=[^;\s"']{0,80}[^;\s"'.]`,
    caseInsensitive: true,
    valid: (match) => !PLACEHOLDER.test(match.slice(match.lastIndexOf("=") + 1)),
  },
  {
    ...secret("password", "Password", 0.85),
    pattern: String
      .raw`\b(?:[a-z]{1,16}[_-])?(?:password|passwd|passphrase|passwort|pwd|contraseña|mot de passe)["']?(?: is)? ?(?:=>?|:=?| is) ?["'\x60]?[^\s"'\x60,;<>]{5,100}[^\s"'\x60,;<>.]`,
    caseInsensitive: true,
    valid: (match) => isPassword(match.replace(/ is ?/, "=")),
  },
  {
    ...secret("aws_secret_key", "AWS secret access key", 0.95),
    pattern: String.raw`\b[A-Za-z0-9/+]{40}\b`,
    valid: isToken,
    context: ["aws_secret_access_key", "secret access key", "aws_secret", "secretaccesskey", "aws secret"],
  },
  {
    ...secret("bearer_token", "Bearer token", 0.9),
    pattern: String.raw`\b(?:Bearer|Basic|Token) [A-Za-z0-9._~+/-]{19,400}[A-Za-z0-9_~+/-]={0,2}`,
    valid: (match) => isToken(match.slice(match.indexOf(" ") + 1)),
  },
  {
    ...secret("high_entropy_token", "Random token called a secret", 0.8),
    pattern: String.raw`\b[A-Za-z0-9][A-Za-z0-9+/_-]{19,127}={0,2}`,
    valid: isToken,
    context: [
      "key",
      "api key",
      "apikey",
      "api_key",
      "api-key",
      "x-api-key",
      "token",
      "secret",
      "access_token",
      "auth_token",
      "client_secret",
      "secret_key",
      "private_key",
      "credential",
      "credentials",
      "authorization",
      "auth",
      "signing key",
      "encryption key",
      "session",
      "cookie",
    ],
    within: 24,
  },
];
