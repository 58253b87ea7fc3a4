/** A tenant store filled with many tenants at once, as a platform would have after years. */
import { sql } from "kysely";
import { pathToFileURL } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { KEY_PREFIX, keyDigest } from "../../src/tenants/resolve.ts";
import { STATE_MIGRATIONS, type StateTables } from "../../src/tenants/state/schema.ts";

/** Policies that the tenants take turns with: `policies/p0.yaml` …; the first has the heaviest classifier there is. */
export const POLICIES = 20;

/** The secret of key `n` (0, 1) of tenant `tenant`. */
export function keyOfTenant(tenant: number, n: number): string {
  return `${KEY_PREFIX}${String(tenant).padStart(8, "0")}${n}`.padEnd(51, "x");
}

/** Fills the store at `path` with tenants `t0` … and two keys each. */
export async function fillStore(path: string, tenants: number, backendUrl: string): Promise<void> {
  const { db, close } = await openDatabase<StateTables>({ url: pathToFileURL(path).href, migrations: STATE_MIGRATIONS });
  const at = new Date().toISOString();
  const rows = Array.from({ length: tenants }, (_, i) => ({
    id: `t${i}`,
    config: JSON.stringify({
      display_name: `Tenant number ${i}`,
      backend_url: backendUrl,
      policy_path: `./policies/p${i % POLICIES}.yaml`,
      rate_limit: { requests_per_minute: 600 + i % 7 },
      ...(i % 10 === 1 && { thresholds: { safety: 0.5 } }),
    }),
  }));
  const keys = rows.flatMap(({ id }, i) =>
    [0, 1].map((n) => ({ id: `key_${id}_${n}`, tenant: id, digest: keyDigest(keyOfTenant(i, n)), prefix: `${KEY_PREFIX}${i}` }))
  );
  await db.transaction().execute(async (tx) => {
    await sql`insert into tenants (id, config, version, created_at, updated_at)
      select value->>'id', value->>'config', 1, ${at}, ${at} from json_each(${JSON.stringify(rows)})`.execute(tx);
    await sql`insert into keys (id, tenant, digest, prefix, name, scopes, created_at)
      select value->>'id', value->>'tenant', value->>'digest', value->>'prefix', 'app', '["proxy","tenant:read"]', ${at}
      from json_each(${JSON.stringify(keys)})`.execute(tx);
  });
  await close();
}

/** The configuration and policies that go with the store, by file name. */
export function manyTenantFiles(more = ""): Record<string, string> {
  const policies = Array.from({ length: POLICIES }, (_, i) => [
    `policies/p${i}.yaml`,
    `version: "1.0"
name: policy-${i}
policies:
${i === 0 ? "  - { name: pii, phase: midstream, trigger: { classifier: pii_detector }, action: redact }" : ""}
  - { name: secret, phase: midstream, trigger: { pattern: 'secret-${i}-[0-9]{4,8}' }, action: redact }
  - { name: injection, phase: ingress, trigger: { classifier: prompt_injection }, action: stop }
`,
  ]);
  const config = `admin: { allow_private_backends: true }
telemetry: { logging: { level: info } }
tenants:
  resolution: [{ header: X-Tenant-ID }, { api_key_mapping: true }]
  configs: {}
${more}`;
  return { "config.yaml": config, ...Object.fromEntries(policies) };
}
