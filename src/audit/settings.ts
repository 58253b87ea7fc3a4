/** How one tenant's trail is kept. Plain data: it crosses the worker border. */
export interface TrailSettings {
  readonly tenant: string;
  /** The folder; the trail is `<directory>/audit.db` and nothing else may write there. */
  readonly directory: string;
  /** Which optional texts are kept: `input`, `output`. By default neither: hashes only. */
  readonly include?: readonly string[];
  /** Days that a record is kept at least; a record's own `retention_days` can only lengthen it. Kept for ever by default. */
  readonly retentionDays?: number;
  /** Nothing is pruned or purged while true. */
  readonly legalHold?: boolean;
  /** A signed checkpoint at least every so many records. @default 1000 */
  readonly checkpointEvery?: number;
  /** Ed25519 private key, PKCS#8 PEM (from the environment); wins over `signingKeyPath`. */
  readonly signingKeyPem?: string;
  /** Where the private key is or will be made. @default `<directory>/signing_key.pem` */
  readonly signingKeyPath?: string;
  /** AES-256 key, 32 bytes in base64: `input` and `output` are encrypted with it. Destroying it erases them. */
  readonly encryptionKey?: string;
  /** How long a commit waits for another process that writes the same file, ms. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** Most bytes of `audit.db`; beyond it appends fail with `disk_full`. Unlimited by default. */
  readonly maxBytes?: number;
}

/** A signed checkpoint is made at least this often while records come in, ms. */
export const CHECKPOINT_INTERVAL_MS = 3_600_000;
export const CHECKPOINT_EVERY_RECORDS = 1000;
