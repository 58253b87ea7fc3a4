/** The policy that a tenant's configuration names: a file with its bases, or a text. */
import type { TenantConfig } from "../config/mod.ts";
import { loadPolicy, loadPolicyText, type PolicyDocument } from "../policy/load.ts";

/** `texts`: of files that were read before, by absolute path. Undefined when the tenant has no policy. @throws {ConfigError} */
export function configuredPolicy(
  { policy }: Pick<TenantConfig, "policy">,
  texts?: ReadonlyMap<string, string>,
): PolicyDocument | undefined {
  if (policy === undefined) return undefined;
  return policy.text === undefined ? loadPolicy(policy.path, policy.shown, texts) : loadPolicyText(policy.text, policy.shown);
}
