/** Where replayed requests come from: a tenant's audit trail, or a file with one JSON object per line. */
import { z } from "zod";
import { queryCommand } from "../audit/commands.ts";
import type { TenantConfig } from "../config/mod.ts";
import type { ReplayRecord } from "../guard/replay.ts";

const action = z.looseObject({
  rule: z.string(),
  phase: z.enum(["ingress", "midstream", "egress"]),
  mode: z.string().default("enforce"),
  action: z.string(),
});

/** A line of traffic: `{input?, output?, model?}`, and whatever of an audit record is there. */
const line = z.looseObject({
  input: z.string().optional(),
  output: z.string().optional(),
  model: z.string().default(""),
  timestamp: z.string().optional(),
  request_id: z.string().optional(),
  decision: z.enum(["allow", "redact", "block", "error"]).optional(),
  actions: z.array(action).default([]),
});

const DECIDING = ["stop", "redact", "pseudonymize", "transform"] as const;

/** A line that cannot be read; the message says which and why. */
export class TrafficError extends Error {
  override readonly name = "TrafficError";
}

/** Records since `since`, oldest last. @throws {AuditError} */
export async function* fromTrail(tenant: string, { path, raw }: TenantConfig["audit"], since: Date): AsyncGenerator<ReplayRecord> {
  for await (const record of queryCommand({ tenant, directory: path }, { start: since.toISOString() })) {
    const read = recordOf(line.parse(record), raw);
    if (read !== undefined) yield read;
  }
}

/** Lines of a JSONL file. @throws {TrafficError} */
export function* fromFile(path: string): Generator<ReplayRecord> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new TrafficError(`${path}: ${error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read"}`);
  }
  for (const [i, source] of text.split("\n").entries()) {
    if (source.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(source);
    } catch {
      throw new TrafficError(`${path}:${i + 1}: not JSON; expected one object per line, e.g. {"input": "…", "output": "…"}`);
    }
    const result = line.safeParse(value);
    if (!result.success) {
      const { path: where, message } = result.error.issues[0]!;
      throw new TrafficError(`${path}:${i + 1}: ${where.join(".") || "the line"}: ${message}`);
    }
    const read = recordOf(result.data, false);
    if (read !== undefined) yield read;
  }
}

/** Undefined for requests on which nothing was decided. `raw`: texts were recorded as they came. */
function recordOf(
  { input, output, model, timestamp, request_id, decision, actions }: z.infer<typeof line>,
  raw: boolean,
): ReplayRecord | undefined {
  if (decision === "error") return undefined;
  const enforced = actions.filter(({ mode }) => mode === "enforce");
  const deciding = enforced.flatMap(({ rule, phase, action }) => {
    const kind = DECIDING.find((each) => each === action);
    return kind === undefined ? [] : [{ rule, phase, kind }];
  });
  return {
    time: timestamp,
    requestId: request_id,
    model,
    input,
    output,
    decision,
    rules: [...new Set(deciding.map(({ rule }) => rule))],
    removed: raw ? [] : [...new Map(deciding.map((each) => [`${each.phase}/${each.rule}/${each.kind}`, each])).values()],
  };
}
