/** The names policies may use for entities: canonical ones and their aliases. */

/** Alias → canonical name. Aliases are what Presidio, DLP services and people call them. */
const ALIASES: Readonly<Record<string, string>> = {
  us_ssn: "ssn",
  social_security_number: "ssn",
  card: "credit_card",
  card_number: "credit_card",
  credit_card_number: "credit_card",
  payment_card: "credit_card",
  email_address: "email",
  e_mail: "email",
  phone_number: "phone",
  telephone: "phone",
  mobile: "phone",
  iban_code: "iban",
  ip: "ip_address",
  ipv4: "ip_address",
  ipv6: "ip_address",
};

/** The canonical name for a name as written in a policy (any case, `-` or space for `_`); unknown names come back normalised. */
export function canonicalEntity(name: string): string {
  const plain = name.trim().toLowerCase().replace(/[\s-]+/g, "_");
  return ALIASES[plain] ?? plain;
}
