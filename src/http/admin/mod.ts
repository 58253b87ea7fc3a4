/** Every call of the operator's API: what is served, described at `/admin/openapi.json`, and tested from that description. */
import { healthOperations } from "../health.ts";
import { auditOperations } from "./audit.ts";
import { keyOperations } from "./keys.ts";
import { logOperation } from "./log.ts";
import { metricsOperation } from "./metrics.ts";
import { openApiOperation } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { playgroundOperations } from "./playground.ts";
import { policyOperations } from "./policies.ts";
import { reloadOperation } from "./reload.ts";
import { tenantInfoOperation } from "./tenant_info.ts";
import { tenantOperations } from "./tenants.ts";
import { usageOperation } from "./usage.ts";

export const OPERATIONS: readonly Operation[] = [
  ...tenantOperations,
  ...policyOperations,
  ...keyOperations,
  usageOperation,
  tenantInfoOperation,
  logOperation,
  ...playgroundOperations,
  reloadOperation,
  openApiOperation(() => OPERATIONS),
  ...auditOperations,
  metricsOperation("viewer"),
  ...healthOperations,
];
