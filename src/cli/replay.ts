/** `checkstream replay`: a candidate policy over recorded traffic, and what it would change. */
import { Command, InvalidArgumentError } from "commander";
import { AuditError } from "../audit/errors.ts";
import { ConfigError } from "../config/mod.ts";
import { type ReplayOutcome, type ReplayRecord, replayRecord } from "../guard/replay.ts";
import { loadPolicy } from "../policy/load.ts";
import { configuredPolicy } from "../tenants/configured_policy.ts";
import { compileFor } from "../tenants/compile_policy.ts";
import { policySettings } from "./policy_settings.ts";
import { describe } from "./problems.ts";
import { fromFile, fromTrail, TrafficError } from "./replay_source.ts";
import { ReplaySummary } from "./replay_summary.ts";

interface Flags {
  readonly tenant?: string;
  readonly policy: string;
  readonly since: Date;
  readonly config?: string;
  readonly file?: string;
  readonly examples: number;
  readonly json?: true;
}

export function replayCommand(setExit: (code: number) => void): Command {
  return new Command("replay")
    .description("run a candidate policy over recorded traffic and print what would change; exit 0 when anything could be judged")
    .requiredOption("--policy <file>", "the candidate policy")
    .option("--tenant <id>", "whose traffic and settings (default: the configuration's default tenant)")
    .option("--since <age>", "how far back: 7d, 24h, 30m, or a date", readSince, new Date(Date.now() - 7 * DAY_MS))
    .option("-c, --config <file>", "configuration file (default: config.yaml if it exists)")
    .option("--file <traffic.jsonl>", 'lines of {"input", "output", "model"} or exported audit records, in place of the trail')
    .option("--examples <number>", "examples shown per kind of change", Number, 3)
    .option("--json", "print every change as JSON, one per line")
    .addHelpText(
      "after",
      "\nExample:\n  checkstream replay --tenant acme-corp --policy policies/strict.yaml --since 7d\n\n" +
        "The trail holds text where telemetry.audit.include names input and output, or a rule's audit action does.",
    )
    .action(async (flags: Flags) => setExit(await replay(flags)));
}

async function replay(flags: Flags): Promise<number> {
  const file = flags.config ?? (exists("config.yaml") ? "config.yaml" : undefined);
  if (file === undefined && flags.file === undefined) {
    console.error("checkstream: there is no config.yaml here; name one with --config, or give traffic with --file");
    return 2;
  }
  const summary = new ReplaySummary(flags.examples);
  try {
    const { config, classifiers } = policySettings(file, flags.tenant);
    const candidate = compileFor(loadPolicy(flags.policy), config, classifiers);
    const current = compileFor(
      configuredPolicy(config),
      config,
      classifiers,
    );
    const records: AsyncIterable<ReplayRecord> | Iterable<ReplayRecord> = flags.file === undefined
      ? fromTrail(config.id, config.audit, flags.since)
      : fromFile(flags.file);
    const signal = new AbortController().signal;
    for await (const record of records) {
      if (record.input === undefined && record.output === undefined) {
        summary.addTextless();
        continue;
      }
      const outcome = await replayRecord(record, candidate, current, config.id, signal);
      summary.add(outcome);
      if (flags.json && outcome.after !== outcome.before) console.log(JSON.stringify(asJson(outcome)));
    }
    if (!flags.json) console.log(summary.text(`${flags.policy} over the traffic of ${config.id}`));
  } catch (error) {
    if (error instanceof ConfigError) { for (const problem of error.problems) console.error(describe(problem)); }
    else if (error instanceof TrafficError || error instanceof AuditError) console.error(`checkstream: ${error.message}`);
    else throw error;
    return 2;
  }
  return summary.judged > 0 ? 0 : 1;
}

function asJson({ record, before, beforeRules, after, afterRules, spans }: ReplayOutcome) {
  return { request_id: record.requestId, timestamp: record.time, before, before_rules: beforeRules, after, after_rules: afterRules, spans };
}

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** Reads `7d`, `24h`, `30m`, `2w` or a date. @throws {InvalidArgumentError} */
function readSince(text: string): Date {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  const date = count === undefined ? new Date(text) : new Date(Date.now() - Number(count) * UNITS[unit!]!);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError("expected an age such as 7d, 24h or 30m, or a date such as 2026-01-31");
  return date;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
