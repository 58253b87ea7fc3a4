/** `checkstream tenants …` and `keys …`: tenant state, in a running gateway or on the file. */
import { Command, InvalidArgumentError } from "commander";
import { parse } from "yaml";
import type { Json } from "../tenants/state/merge_patch.ts";
import { KEY_SCOPES, type KeyScope } from "../tenants/state/store.ts";
import { onFile, overHttp, type Row, type TenantSource } from "./tenant_source.ts";

interface Where {
  readonly config: string;
  readonly url?: string;
  readonly json?: true;
}

export function tenantsCommand(setExit: (code: number) => void): Command {
  const tenants = new Command("tenants").description("list, show, add, change and remove tenants of the database");
  tenants.addCommand(
    where(new Command("list")).description("the tenants").action((flags: Where) =>
      run(setExit, flags, (source) => source.list(), ["id", "display_name", "version", "updated_at"])
    ),
  );
  tenants.addCommand(
    where(new Command("show")).description("one tenant").argument("<id>").action((id: string, flags: Where) =>
      run(setExit, flags, async (source) => [await source.show(id)])
    ),
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
      .addHelpText("after", "\nExample:\n  checkstream keys create --tenant acme --name staging --url http://127.0.0.1:8080")
      .action((flags: Where & { tenant: string; name: string; scopes: KeyScope[]; models?: string[]; expires?: string }) =>
        run(setExit, flags, async (source) => {
          const { name, scopes, models, expires } = flags;
          return [
            await source.createKey(flags.tenant, {
              name,
              scopes,
              ...(models !== undefined && { allowed_models: models }),
              ...(expires !== undefined && { expires_at: expires }),
            }),
          ];
        })
      ),
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
  return keys;
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
    else for (const row of rows) console.log(lines(row));
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

function lines(row: Row): string {
  return Object.entries(row).map(([name, value]) => `${name}: ${text(value)}`).join("\n");
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function readDocument(file: string): Promise<Json> {
  const source = file === "-" ? await new Response(Deno.stdin.readable).text() : await Deno.readTextFile(file);
  return parse(source);
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
