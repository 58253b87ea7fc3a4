/** Where a trail is, what opens it and what signs it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase } from "../store/database.ts";
import type { AuditError } from "./errors.ts";
import type { TrailSettings } from "./settings.ts";
import { type SigningKey, signingKey, signingKeyAt } from "./signing_key.ts";
import { migrations, type TrailTables } from "./tables.ts";

/** The trail's file in its folder. */
export function trailPath(settings: Pick<TrailSettings, "directory">): string {
  return join(settings.directory, "audit.db");
}

/** The signing key of a trail: from `signingKeyPem`, or the file, which is made when absent. @throws {AuditError} */
export function keyOf(settings: TrailSettings): SigningKey {
  if (settings.signingKeyPem !== undefined) return signingKey(settings.signingKeyPem);
  return signingKeyAt(settings.signingKeyPath ?? join(settings.directory, "signing_key.pem"));
}

/** Opens the file without looking at its content. @throws {StoreError} */
export async function openTrailDatabase(
  settings: Pick<TrailSettings, "directory" | "maxBytes" | "busyTimeoutMs">,
): Promise<Database<TrailTables>> {
  return await openDatabase<TrailTables>({
    url: pathToFileURL(trailPath(settings)).href,
    migrations,
    secureDelete: true,
    ...(settings.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: settings.busyTimeoutMs }),
    ...(settings.maxBytes === undefined ? {} : { maxBytes: settings.maxBytes }),
  });
}

/** Whether a problem at opening passes by itself or by an operator's hand (space, permissions, locks), so that trying again makes sense. */
export function passes(error: AuditError): boolean {
  return error.code === "disk_full" || error.code === "read_only" || error.code === "locked" || error.code === "cannot_open";
}
