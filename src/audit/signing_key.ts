import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { dirname } from "node:path";
import { AuditError } from "./errors.ts";

/** Signs a trail's statements: Ed25519 (RFC 8032). */
export interface SigningKey extends VerifyingKey {
  /** @returns base64 */
  sign(text: string): string;
}

export interface VerifyingKey {
  /** SPKI PEM: what an auditor needs. */
  readonly publicPem: string;
  verify(text: string, signature: string): boolean;
}

/** @throws {AuditError} `key` when the text is no Ed25519 private key in PKCS#8 PEM. */
export function signingKey(pem: string): SigningKey {
  const key = parsed(() => createPrivateKey(pem), "private");
  return {
    ...verifyingKey(publicPem(createPublicKey(key))),
    sign: (text) => sign(null, new TextEncoder().encode(text), key).toString("base64"),
  };
}

/** @throws {AuditError} `key` when the text is no Ed25519 public key in SPKI PEM. */
export function verifyingKey(pem: string): VerifyingKey {
  const key = parsed(() => createPublicKey(pem), "public");
  return {
    publicPem: publicPem(key),
    verify: (text, signature) => {
      try {
        return verify(null, new TextEncoder().encode(text), key, Buffer.from(signature, "base64"));
      } catch {
        return false;
      }
    },
  };
}

/**
 * Reads the private key at `path`, or makes one there (mode 0600) with its public half in `<path>.pub`. Two processes that start together
 * agree: only one can create the file. @throws {AuditError}
 */
export function signingKeyAt(path: string): SigningKey {
  try {
    return signingKey(Deno.readTextFileSync(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw keyFileError(error, path);
  }
  const pair = generateKeyPairSync("ed25519");
  const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Whole before it has its name, so that nobody reads half a key; link(2) fails when another process was first.
    const whole = `${path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(whole, pem, { createNew: true, mode: 0o600 });
    try {
      Deno.linkSync(whole, path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    } finally {
      Deno.removeSync(whole);
    }
    const key = signingKey(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(`${path}.pub`, key.publicPem, { mode: 0o644 });
    return key;
  } catch (error) {
    throw keyFileError(error, path);
  }
}

function keyFileError(error: unknown, path: string): AuditError {
  if (error instanceof AuditError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const code = /No space left|os error 28\b/.test(said)
    ? "disk_full"
    : /Read-only file system|os error 30\b/.test(said)
    ? "read_only"
    : "cannot_open";
  return new AuditError(code, `Cannot read or make the audit signing key ${path}: ${said}; check the folder and its permissions`, {
    cause: error,
  });
}

function publicPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function parsed(read: () => KeyObject, kind: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch {
    // Said below, without the key's text.
  }
  if (key?.asymmetricKeyType !== "ed25519") throw new AuditError("key", `Cannot use the audit ${kind} key: it is not Ed25519 in PEM`);
  return key;
}
