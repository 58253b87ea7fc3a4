import { join } from "node:path";
import { encrypter } from "./encrypt.ts";
import { AuditError } from "./errors.ts";
import { type ExportFormat, exportTrail, type Period } from "./export.ts";
import { instant, queryTrail } from "./query.ts";
import { purge, type PurgeReceipt } from "./retention.ts";
import type { TrailSettings } from "./settings.ts";
import { type SigningKey, signingKey, type VerifyingKey, verifyingKey } from "./signing_key.ts";
import { openTrailDatabase, trailPath } from "./trail_database.ts";
import { TrailFile } from "./trail_file.ts";
import type { AuditFilter, AuditRecord, ChainReport } from "./types.ts";
import { verifyFile } from "./verify.ts";

// What `checkstream audit …` does, on the files alone: a running gateway is neither needed nor disturbed (libSQL lets both in).

/** `audit verify`. `publicPem` defaults to the trail's own `signing_key.pem.pub`; an auditor gives the one that was handed over earlier. */
export async function verifyCommand(settings: TrailSettings, period: Period = {}, publicPem?: string): Promise<ChainReport> {
  const key = publicPem === undefined ? publicKeyOf(settings) : verifyingKey(publicPem);
  await expectTrail(settings);
  return await verifyFile(settings, key, period);
}

/** `audit query`: the matching records, newest first, up to `limit` (all pages when it is not given). */
export async function* queryCommand(settings: TrailSettings, filter: AuditFilter): AsyncGenerator<AuditRecord> {
  const cipher = settings.encryptionKey === undefined ? null : encrypter(settings.encryptionKey, settings.tenant);
  let left = filter.limit ?? Infinity;
  let cursor = filter.cursor ?? null;
  do {
    const page = await withTrail(settings, (db) => {
      const limit = Math.min(left, 1000);
      return queryTrail(db, { ...filter, limit, ...(cursor === null ? {} : { cursor }) }, cipher);
    });
    yield* page.records;
    left -= page.records.length;
    cursor = page.next_cursor;
  } while (cursor !== null && left > 0);
}

/** `audit export`: chunks of text to write out. */
export async function* exportCommand(settings: TrailSettings, format: ExportFormat, period: Period, now: number): AsyncGenerator<string> {
  await expectTrail(settings);
  const database = await openTrailDatabase(settings);
  try {
    yield* exportTrail(database.db, publicKeyOf(settings), settings.tenant, format, period, now);
  } finally {
    await database.close();
  }
}

/** `audit purge --tenant`: removes all records, or those before `before` (RFC 3339). @throws {AuditError} `held` under legal hold. */
export async function purgeCommand(
  settings: TrailSettings,
  before: string | undefined,
  reason: string,
  now: number,
): Promise<PurgeReceipt> {
  await expectTrail(settings);
  const until = before === undefined ? null : instant(before, "before");
  const trail = await TrailFile.open(settings, now);
  try {
    return await purge(trail, until, reason, now);
  } finally {
    await trail.close();
  }
}

/** The public half of a trail's key, without making one. @throws {AuditError} `key` */
export function publicKeyOf(settings: TrailSettings): VerifyingKey {
  if (settings.signingKeyPem !== undefined) return signingKey(settings.signingKeyPem);
  const path = settings.signingKeyPath ?? join(settings.directory, "signing_key.pem");
  for (const [file, read] of [[`${path}.pub`, verifyingKey], [path, (pem: string): SigningKey => signingKey(pem)]] as const) {
    try {
      return read(Deno.readTextFileSync(file));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new AuditError("key", `Cannot find the public key of the trail: neither ${path}.pub nor ${path} exists; give the key's file`);
}

async function withTrail<R>(settings: TrailSettings, read: (db: TrailFile["db"]) => Promise<R>): Promise<R> {
  await expectTrail(settings);
  const database = await openTrailDatabase(settings);
  try {
    return await read(database.db);
  } finally {
    await database.close();
  }
}

/** Reading must not make an empty trail. */
async function expectTrail(settings: TrailSettings): Promise<void> {
  try {
    await Deno.stat(trailPath(settings));
  } catch (error) {
    throw new AuditError("cannot_open", `There is no audit trail of "${settings.tenant}" at ${trailPath(settings)}: check audit.path`, {
      cause: error,
    });
  }
}
