import type { AuditEntry } from "../../src/audit/types.ts";

/** A record's facts for tests: request `n` of a tenant at `time` (ms). */
export function entryOf(n: number, changed: Partial<AuditEntry> = {}, time = Date.UTC(2025, 0, 1) + n * 1000): AuditEntry {
  return {
    timestamp: new Date(time).toISOString(),
    request_id: `req_${n}`,
    tenant: "acme",
    policy: "finance-policy",
    policy_version: "3f2a",
    method: "POST",
    path: "/v1/chat/completions",
    model: "gpt-4o-mini",
    key_id: "key_7",
    stream: true,
    decision: n % 3 === 0 ? "redact" : "allow",
    outcome: "complete",
    status: 200,
    input_hash: "a".repeat(64),
    output_hash: "b".repeat(64),
    classifier_scores: { "ingress.prompt_injection": 0.0125, "midstream.pii_detector": 0.9 },
    actions: n % 3 === 0
      ? [{
        rule: "redact_pii",
        phase: "midstream",
        mode: "enforce",
        action: "redact",
        regulation: "GDPR Art. 32",
        choice: 0,
        from: 3,
        to: 19,
        score: 0.9,
      }]
      : [],
    latency_ms: 12.5,
    prompt_tokens: 12,
    completion_tokens: 34,
    ...changed,
  };
}
