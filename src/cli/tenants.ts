/** `checkstream tenants …` and `keys …`: tenant state, in a running gateway or on the file. */
import { Command, InvalidArgumentError } from "commander";
import { parse } from "yaml";
import type { Json } from "../tenants/state/merge_patch.ts";
import { KEY_SCOPES, type KeyScope, type NewKey } from "../tenants/state/store.ts";
import { readConfig } from "../config/mod.ts";
import type { Row, TenantSource } from "./tenant_source.ts";
import { onFile } from "./tenants_on_file.ts";
import { overHttp } from "./tenants_over_http.ts";

interface Where {
  readonly config: string;
  readonly url?: string;
  readonly json?: true;
}

export function tenantsCommand(setExit: (code: number) => void): Command {
  const tenants = new Command("tenants").description("list, show, add, change and remove tenants of the database");
  tenants.addCommand(
    where(new Command("list")).description("the tenants").action((flags: Where) =>
      run(setExit, flags, (source) => source.list(), ["id", "display_name", "enabled", "version", "updated_at"])
    ),
  );
  tenants.addCommand(
    where(new Command("show")).description("one tenant: what it is served with, and where each value comes from").argument("<id>").action((
      id: string,
      flags: Where,
    ) => run(setExit, flags, async (source) => [await source.show(id)])),
  );
  tenants.addCommand(
    where(new Command("add")).description("add a tenant from a YAML or JSON file with its keys").argument("<id>")
      .requiredOption("-f, --file <file>", "the tenant's configuration; - for standard input")
      .addHelpText("after", "\nExample:\n  checkstream tenants add acme --file acme.yaml --url http://127.0.0.1:8080")
      .action((id: string, flags: Where & { readonly file: string }) =>
        run(setExit, flags, async (source) => [await source.add(id, await readDocument(flags.file))])
      ),
  );
  tenants.addCommand(
    where(new Command("update")).description("apply a JSON merge patch (YAML works too)").argument("<id>")
      .requiredOption("-f, --file <file>", "the patch; - for standard input")
      .action((id: string, flags: Where & { readonly file: string }) =>
        run(setExit, flags, async (source) => [await source.update(id, await readDocument(flags.file))])
      ),
  );
  tenants.addCommand(
    where(new Command("remove")).description("remove a tenant; its keys stop at once").argument("<id>").action((id: string, flags: Where) =>
      run(setExit, flags, async (source) => {
        await source.remove(id);
        return [];
      })
    ),
  );
  return tenants;
}

export function keysCommand(setExit: (code: number) => void): Command {
  const keys = new Command("keys").description("create, list, rotate and revoke a tenant's keys");
  const tenant = (name: string) => where(new Command(name)).requiredOption("--tenant <id>", "whose keys");
  keys.addCommand(
    tenant("create").description("make a key and print it, once").requiredOption("--name <name>", "what it is for")
      .option("--scopes <list>", `of ${KEY_SCOPES.join(", ")}`, scopes, [...KEY_SCOPES])
      .option("--models <list>", "models it may ask for", (text: string) => text.split(","))
      .option("--expires <time>", "when it stops (RFC 3339)", time)
      .option("--tokens-per-day <n>", "its budget per UTC day", wholeNumber)
      .option("--tokens-per-month <n>", "its budget per UTC month", wholeNumber)
      .option("--requests-per-minute <n>", "its own limit, beside its tenant's", wholeNumber)
      .addHelpText("after", "\nExample:\n  checkstream keys create --tenant acme --name staging --url http://127.0.0.1:8080")
      .action((flags: Where & KeyFlags) => run(setExit, flags, async (source) => [await source.createKey(flags.tenant, newKey(flags))])),
  );
  keys.addCommand(
    tenant("list").description("the keys, by prefix").action((flags: Where & { tenant: string }) =>
      run(setExit, flags, (source) => source.keys(flags.tenant), [
        "id",
        "prefix",
        "name",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
      ])
    ),
  );
  keys.addCommand(
    tenant("rotate").description("make a new key like this one").argument("<key>")
      .option("--overlap <seconds>", "how long the old one goes on", Number, 0)
      .action((key: string, flags: Where & { tenant: string; overlap: number }) =>
        run(setExit, flags, async (source) => [await source.rotateKey(flags.tenant, key, flags.overlap)])
      ),
  );
  keys.addCommand(
    tenant("revoke").description("stop a key at once").argument("<key>").action((key: string, flags: Where & { tenant: string }) =>
      run(setExit, flags, async (source) => {
        await source.revokeKey(flags.tenant, key);
        return [];
      })
    ),
  );
  keys.addCommand(
    where(new Command("import")).description("take the keys of tenants.api_key_map into the database, by their digests; clients keep them")
      .addHelpText("after", "\nExample:\n  checkstream keys import --config config.yaml --url http://127.0.0.1:8080")
      .action((flags: Where) => run(setExit, flags, (source) => importMapped(source, flags.config), ["tenant", "name", "result"])),
  );
  return keys;
}

interface KeyFlags {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: KeyScope[];
  readonly models?: string[];
  readonly expires?: string;
  readonly tokensPerDay?: number;
  readonly tokensPerMonth?: number;
  readonly requestsPerMinute?: number;
}

function newKey({ name, scopes, models, expires, tokensPerDay, tokensPerMonth, requestsPerMinute }: KeyFlags): NewKey {
  const limited = tokensPerDay !== undefined || tokensPerMonth !== undefined;
  return {
    name,
    scopes,
    ...(models !== undefined && { allowed_models: models }),
    ...(expires !== undefined && { expires_at: expires }),
    ...(requestsPerMinute !== undefined && { rate_limit: { requests_per_minute: requestsPerMinute } }),
    ...(limited && {
      budget: {
        ...(tokensPerDay !== undefined && { tokens_per_day: tokensPerDay }),
        ...(tokensPerMonth !== undefined && { tokens_per_month: tokensPerMonth }),
      },
    }),
  };
}

/** Says what is left to do in the file: a program that edits it would lose comments, or the file, in somebody's version control. */
async function importMapped(source: TenantSource, config: string): Promise<readonly Row[]> {
  const { config: { apiKeyMap }, source: yaml } = readConfig(config, (name) => Deno.env.get(name)).with(new Map());
  const rows: Row[] = [];
  for (const [index, [key, tenant]] of Object.entries(apiKeyMap).entries()) {
    const name = `api_key_map ${index + 1}`;
    const created = await source.importKey(tenant, key, name);
    rows.push({ tenant, name, result: created ? "imported" : "was there already" });
  }
  if (rows.length > 0) {
    const { line } = yaml.positionOf(["tenants", "api_key_map"]);
    console.error(`Every key works from the database now; remove api_key_map from ${config}:${line}, where they stand in clear text.`);
  }
  return rows;
}

function where(command: Command): Command {
  return command
    .option("-c, --config <file>", "configuration that names the database (used without --url)", "config.yaml")
    .option("--url <url>", "a running gateway; its admin key is read from CHECKSTREAM_ADMIN_API_KEY")
    .option("--json", "print JSON");
}

/** Runs one command and prints its rows, as a table where `columns` are given. What is refused is said without a stack; exit 1. */
async function run(
  setExit: (code: number) => void,
  flags: Where,
  work: (source: TenantSource) => Promise<readonly Row[]>,
  columns?: readonly string[],
): Promise<void> {
  try {
    await using source = flags.url === undefined ? await onFile(flags.config) : overHttp(flags.url);
    const rows = await work(source);
    if (flags.json === true) { for (const row of rows) console.log(JSON.stringify(row)); }
    else if (columns !== undefined) console.log(table(rows, columns));
    else for (const row of rows) console.log(described(row));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`checkstream: ${error.message}`);
    setExit(1);
  }
}

/** Columns as wide as their widest cell. */
function table(rows: readonly Row[], columns: readonly string[]): string {
  const cells = [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  return cells.map((line) => line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd()).join("\n");
}

/** `name: value` lines; a merged configuration as one line per value, with where it comes from. */
function described({ effective, origins, ...row }: Row): string {
  const lines = Object.entries(row).map(([name, value]) => `${name}: ${text(value)}`);
  if (typeof effective !== "object" || effective === null || typeof origins !== "object" || origins === null) return lines.join("\n");
  const values = Object.entries(origins).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([path, origin]) => ({ path, value: at(effective, path), origin }));
  return [...lines, "effective:", table(values, ["path", "value", "origin"])].join("\n");
}

/** The value at a dotted path; names of headers may have dots, so the longest name that fits is taken. */
function at(value: object, path: string): unknown {
  for (const [name, below] of Object.entries(value)) {
    if (name === path) return below;
    if (path.startsWith(`${name}.`) && typeof below === "object" && below !== null) return at(below, path.slice(name.length + 1));
  }
  return undefined;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function readDocument(file: string): Promise<Json> {
  const source = file === "-" ? await new Response(Deno.stdin.readable).text() : await Deno.readTextFile(file);
  return parse(source);
}

function wholeNumber(given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number above 0");
  return value;
}

function scopes(list: string): KeyScope[] {
  return list.split(",").map((scope) => {
    const known = KEY_SCOPES.find((each) => each === scope.trim());
    if (known === undefined) throw new InvalidArgumentError(`a scope is one of ${KEY_SCOPES.join(", ")}`);
    return known;
  });
}

function time(value: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError("expected a time like 2027-01-31T00:00:00Z");
  return date.toISOString();
}
