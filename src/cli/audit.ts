/** `checkstream audit verify|query|export|purge`: a tenant's trail, on its files alone; a running gateway is neither needed nor disturbed. */
import { Command, Option } from "commander";
import { exportCommand, purgeCommand, queryCommand, verifyCommand } from "../audit/commands.ts";
import { AuditError } from "../audit/errors.ts";
import type { ExportFormat, Period } from "../audit/export.ts";
import { instant } from "../audit/query.ts";
import type { AuditFilter } from "../audit/types.ts";
import { trailSettings } from "./audit_settings.ts";

interface Which {
  readonly config: string;
  readonly path?: string;
  readonly tenant?: string;
  readonly start?: string;
  readonly end?: string;
}

export function auditCommand(setExit: (code: number) => void): Command {
  return new Command("audit")
    .description("verify, query, export or purge a tenant's audit trail")
    .addCommand(verify(setExit))
    .addCommand(query(setExit))
    .addCommand(exportTrail(setExit))
    .addCommand(purge(setExit));
}

function verify(setExit: (code: number) => void): Command {
  return which(new Command("verify").description("prove that a trail is whole and unchanged; exit 1 when it is not"))
    .option("--key <file>", "public key to verify with (default: the trail's own)")
    .addHelpText("after", "\nExample:\n  checkstream audit verify --config config.yaml --tenant acme-corp")
    .action((flags: Which & { readonly key?: string }) =>
      guarded(setExit, async () => {
        const report = await verifyCommand(await trailSettings(flags), periodOf(flags), flags.key && Deno.readTextFileSync(flags.key));
        console.log(JSON.stringify(report));
        return report.status === "valid" ? 0 : 1;
      })
    );
}

function query(setExit: (code: number) => void): Command {
  const command = which(new Command("query").description("print records as JSON, one per line, newest first"));
  for (const name of ["action", "rule", "regulation", "model", "key-id", "request-id", "decision", "phase"]) {
    command.option(`--${name} <value>`, `only with this ${name.replace("-", " ")}`);
  }
  return command
    .option("--limit <number>", "at most so many records", Number, 100)
    .addHelpText("after", "\nExample:\n  checkstream audit query --tenant acme-corp --decision block --limit 20")
    .action((flags: Which & { readonly limit: number } & Record<string, string>) =>
      guarded(setExit, async () => {
        for await (const record of queryCommand(await trailSettings(flags), filterOf(flags))) console.log(JSON.stringify(record));
        return 0;
      })
    );
}

function exportTrail(setExit: (code: number) => void): Command {
  return which(new Command("export").description("write a trail for an auditor: JSONL that proves itself, CSV, or an HTML report"))
    .addOption(new Option("--format <format>", "what to write").choices(["jsonl", "csv", "html"]).default("jsonl"))
    .option("-o, --output <file>", "where to (default: standard output)")
    .addHelpText("after", "\nExample:\n  checkstream audit export --tenant acme-corp --format html --output acme.html")
    .action((flags: Which & { readonly format: ExportFormat; readonly output?: string }) =>
      guarded(setExit, async () => {
        const to = flags.output === undefined ? undefined : await Deno.open(flags.output, { write: true, create: true, truncate: true });
        const encoder = new TextEncoder();
        for await (const chunk of exportCommand(await trailSettings(flags), flags.format, periodOf(flags), Date.now())) {
          const bytes = encoder.encode(chunk);
          for (let at = 0; at < bytes.length;) at += await (to ?? Deno.stdout).write(bytes.subarray(at));
        }
        to?.close();
        return 0;
      })
    );
}

function purge(setExit: (code: number) => void): Command {
  return new Command("purge")
    .description("remove a tenant's records for good and print a signed receipt")
    .option("-c, --config <file>", "configuration file", "config.yaml")
    .requiredOption("--tenant <id>", "whose records")
    .option("--before <time>", "only records before this time (RFC 3339)")
    .requiredOption("--reason <text>", "why; it is part of the receipt")
    .addHelpText(
      "after",
      '\nExample:\n  checkstream audit purge --tenant acme-corp --before 2026-01-01T00:00:00Z --reason "contract ended"',
    )
    .action((flags: Which & { readonly before?: string; readonly reason: string }) =>
      guarded(setExit, async () => {
        console.log(JSON.stringify(await purgeCommand(await trailSettings(flags), flags.before, flags.reason, Date.now())));
        return 0;
      })
    );
}

function which(command: Command): Command {
  return command
    .option("-c, --config <file>", "configuration file", "config.yaml")
    .option("--tenant <id>", "whose trail (default: the only tenant, or the default one)")
    .option("--path <folder>", "the trail's folder, for a tenant that is configured no longer or an archived copy")
    .option("--start <time>", "only from this time on (RFC 3339)")
    .option("--end <time>", "only up to this time (RFC 3339)");
}

/** Times as the user wrote them. @throws {AuditError} when one is no time. */
function periodOf({ start, end }: Which): Period {
  if (start !== undefined) instant(start, "start");
  if (end !== undefined) instant(end, "end");
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

function filterOf(flags: Which & { readonly limit: number } & Record<string, string>): AuditFilter {
  const { action, rule, regulation, model, keyId, requestId, decision, phase } = flags as Record<string, string | undefined>;
  return {
    ...periodOf(flags),
    limit: flags.limit,
    ...(action !== undefined && { action }),
    ...(rule !== undefined && { rule }),
    ...(regulation !== undefined && { regulation }),
    ...(model !== undefined && { model }),
    ...(keyId !== undefined && { key_id: keyId }),
    ...(requestId !== undefined && { request_id: requestId }),
    ...(decision !== undefined && { decision }),
    ...(phase !== undefined && { phase }),
  };
}

/** What is wrong with the trail or the question is said without a stack; exit 2 for a wrong question. */
async function guarded(setExit: (code: number) => void, run: () => Promise<number>): Promise<void> {
  try {
    setExit(await run());
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    console.error(`checkstream: ${error.message}`);
    setExit(error.code === "invalid" ? 2 : 1);
  }
}
