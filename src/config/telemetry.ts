/** `telemetry` but the audit trail: what the process says of itself. */
import { z } from "zod";
import { OWN_LABELS } from "../telemetry/labels.ts";

const labelName = z.string().regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/, "not a label name")
  .refine((name) => !OWN_LABELS.has(name), "is a label of the gateway's own");

export const metrics = z.strictObject({
  enabled: z.boolean().default(true).describe("Serve /metrics"),
  prefix: z.string().regex(/^[a-z_][a-z0-9_]*$/).default("checkstream").describe("First word of every metric"),
  custom_labels: z.record(labelName, z.string().max(200)).default({}).describe("Labels on every series, e.g. region: eu-1"),
  latency_buckets: z.array(z.number().positive()).min(1).max(50)
    .refine((bounds) => bounds.every((each, i) => i === 0 || each > bounds[i - 1]!), "each is larger than the one before").optional()
    .describe("Upper bounds of latency histograms; milliseconds, ascending"),
});

export const logging = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warn", "error"]).default("info").describe("Least level that is written"),
  format: z.enum(["json", "pretty"]).default("json").describe("One JSON object a line, or lines for people"),
  output: z.enum(["stdout", "stderr"]).default("stderr").describe("Where lines go"),
});

export const opentelemetry = z.strictObject({
  enabled: z.boolean().default(false).describe("Send a trace of each request to a collector"),
  endpoint: z.string().regex(/^https?:\/\/[^\s/]+/, "expected an http(s) URL").default("http://localhost:4318")
    .describe("The collector's OTLP/HTTP address; /v1/traces is added to it"),
  service_name: z.string().min(1).max(200).default("checkstream").describe("service.name of what is sent"),
  headers: z.record(z.string(), z.string()).default({}).describe("Sent to the collector, e.g. its key as ${VAR}"),
  sample_ratio: z.number().min(0).max(1).default(1).describe("Share of requests traced; those of callers that trace follow their callers"),
});
