/** A gateway process in front of a backend, with one tenant per policy; what most end-to-end tests need. */
import { type GatewayProcess, startGateway } from "./gateway.ts";

export interface LlmGatewayOptions {
  readonly backendUrl: string;
  /** Policy texts by tenant id; each becomes `policies/<id>.yaml`. */
  readonly tenants: Readonly<Record<string, string>>;
  /** Further keys of a tenant, YAML, by tenant id. */
  readonly tenantKeys?: Readonly<Record<string, string>>;
  /** Backends of tenants that have another one, by tenant id. */
  readonly backendUrls?: Readonly<Record<string, string>>;
  /** Further top-level sections. */
  readonly more?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it; the first tenant is the default. */
export function startLlmGateway(
  { backendUrl, tenants, tenantKeys = {}, backendUrls = {}, more = "", env }: LlmGatewayOptions,
): Promise<GatewayProcess> {
  const ids = Object.keys(tenants);
  const configs = ids.map((id) =>
    [
      `    ${id}:`,
      `      backend_url: "${backendUrls[id] ?? backendUrl}"`,
      `      policy_path: "./policies/${id}.yaml"`,
      ...(tenantKeys[id] ?? "").split("\n").filter((line) => line !== "").map((line) => `      ${line}`),
    ].join("\n")
  );
  const config = `tenants:\n  default_tenant: "${ids[0]}"\n  configs:\n${configs.join("\n")}\n${more}`;
  const policies = Object.fromEntries(ids.map((id) => [`policies/${id}.yaml`, tenants[id]!]));
  return startGateway({ files: { "config.yaml": config, ...policies }, ...(env !== undefined && { env }) });
}

/** A policy that redacts SSNs and e-mail addresses, stops on "worthless" and blocks prompts that say "forbidden". */
export const TEST_POLICY = `version: "1.0"
name: "test-policy"
policies:
  - name: block_forbidden
    phase: ingress
    trigger: { keywords: ["forbidden"] }
    action: stop
    message: "This prompt is forbidden"
  - name: redact_pii
    phase: midstream
    trigger:
      any:
        - pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b'
        - pattern: '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}'
    action: redact
  - name: stop_insults
    phase: midstream
    trigger: { keywords: ["worthless"] }
    action: stop
    message: "Stopped."
`;
