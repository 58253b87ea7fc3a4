/** `/admin/openapi.json` by a validator that is none of ours, and the page that is written from it. */
import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { adminApiPage } from "../../scripts/admin_api.ts";
import { OPERATIONS } from "../../src/http/admin/mod.ts";
import { openApi } from "../../src/http/admin/openapi.ts";
import { judgeOf, type OpenApiDocument } from "../support/openapi.ts";

const document: OpenApiDocument = JSON.parse(JSON.stringify(openApi(OPERATIONS)));
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
);

Deno.test("the OpenAPI document is OpenAPI 3.1, and its schemas are JSON Schema", async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  assert.ok(valid, JSON.stringify(errors));
  const judge = judgeOf(document);
  for (const { operation } of operations) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      // Compiles every schema; what "{}" lacks is not the point.
      for (const contentType of Object.keys(content ?? {})) judge(operation, { status: Number(status), contentType, body: "{}" });
    }
  }
});

Deno.test("the OpenAPI document covers every call of the contract", () => {
  const there = new Set(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`));
  const wanted = [
    "GET /admin/tenant-info",
    "GET /admin/tenants",
    "POST /admin/tenants",
    "GET /admin/tenants/{id}",
    "GET /admin/tenants/{id}/effective",
    "PATCH /admin/tenants/{id}",
    "DELETE /admin/tenants/{id}",
    "GET /admin/tenants/{id}/keys",
    "POST /admin/tenants/{id}/keys",
    "POST /admin/tenants/{id}/keys/{key}/rotate",
    "DELETE /admin/tenants/{id}/keys/{key}",
    "GET /admin/classifiers",
    "POST /admin/test-classifier",
    "POST /admin/test-policy",
    "POST /admin/test-pipeline",
    "POST /admin/reload",
    "GET /admin/log",
    "GET /admin/openapi.json",
    "GET /audit",
    "GET /audit/verify",
    "GET /audit/export",
    "GET /metrics",
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
  ];
  assert.deepEqual(wanted.filter((each) => !there.has(each)), []);
});

Deno.test("operations have ids of their own, and every named schema is used", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
  const text = JSON.stringify(document);
  assert.deepEqual(Object.keys(document.components.schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`)), []);
});

Deno.test("docs/admin-api.md is what the code says (deno task schemas writes it)", async () => {
  const written = await Deno.readTextFile(new URL("../../docs/admin-api.md", import.meta.url));
  assert.ok(written === adminApiPage(), "run: deno task schemas");
});
