import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { AuditError } from "./errors.ts";

/** Encrypts one tenant's recorded texts: AES-256-GCM (NIST SP 800-38D). Without the key they are gone (crypto-shredding), and the chain still verifies. */
export interface TextCipher {
  /** `aes-256-gcm:<key id>:<nonce>:<text and tag>`, base64. `place` (field and request id) is authenticated, so texts cannot be moved about. */
  encrypt(text: string, place: string): string;
  /** The text; or null when it was encrypted with another key or altered. Text that is not encrypted comes back as it is. */
  decrypt(stored: string, place: string): string | null;
}

const PREFIX = "aes-256-gcm:";

/** @param key 32 bytes in base64. @throws {AuditError} `key` for anything else. */
export function encrypter(key: string, tenant: string): TextCipher {
  const bytes = Buffer.from(key, "base64");
  if (bytes.length !== 32) {
    throw new AuditError(
      "key",
      `Cannot use the audit encryption key: it holds ${bytes.length} bytes, expected 32 in base64 (openssl rand -base64 32)`,
    );
  }
  const keyId = createHash("sha256").update("checkstream-audit-key\n").update(bytes).digest("hex").slice(0, 8);
  return {
    encrypt(text, place) {
      // A random 96-bit nonce each: safe for 2^32 texts a key (SP 800-38D §8.3).
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", bytes, nonce);
      cipher.setAAD(Buffer.from(`${tenant}\n${place}`));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${PREFIX}${keyId}:${nonce.toString("base64")}:${sealed.toString("base64")}`;
    },
    decrypt(stored, place) {
      if (!isEncrypted(stored)) return stored;
      const [id, nonce, sealed] = stored.slice(PREFIX.length).split(":");
      if (id !== keyId || nonce === undefined || sealed === undefined) return null;
      try {
        const all = Buffer.from(sealed, "base64");
        const decipher = createDecipheriv("aes-256-gcm", bytes, Buffer.from(nonce, "base64"));
        decipher.setAAD(Buffer.from(`${tenant}\n${place}`));
        decipher.setAuthTag(all.subarray(all.length - 16));
        return decipher.update(all.subarray(0, all.length - 16)).toString("utf8") + decipher.final("utf8");
      } catch {
        return null;
      }
    },
  };
}

/** Whether a recorded text is encrypted. */
export function isEncrypted(stored: string): boolean {
  return stored.startsWith(PREFIX);
}
