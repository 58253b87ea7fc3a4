import assert from "node:assert/strict";
import { backendUrl } from "../../src/upstream/url.ts";

const CASES: readonly [what: string, base: string, target: string, url: string, query?: Record<string, string>][] = [
  ["one /v1", "https://api.openai.com/v1", "/v1/chat/completions", "https://api.openai.com/v1/chat/completions"],
  ["none to share", "https://api.anthropic.com", "/v1/messages", "https://api.anthropic.com/v1/messages"],
  ["a prefix", "https://api.groq.com/openai/v1/", "/v1/models", "https://api.groq.com/openai/v1/models"],
  ["the client's query", "http://h/v1", "/v1/x?a=%20b", "http://h/v1/x?a=%20b"],
  ["both queries", "http://h/v1?k=1", "/v1/x?a=b", "http://h/v1/x?k=1&a=b"],
  ["a configured parameter wins", "http://h/v1", "/v1/x?api-version=old", "http://h/v1/x?api-version=new", { "api-version": "new" }],
  [
    "Azure's deployments have no /v1, and need a version",
    "https://r.openai.azure.com/openai/deployments/gpt-4o",
    "/v1/chat/completions",
    "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
  ],
  [
    "Azure's version as configured",
    "https://r.openai.azure.com/openai/deployments/gpt-4o",
    "/v1/chat/completions",
    "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview",
    { "api-version": "2025-01-01-preview" },
  ],
  ["Azure's newer URLs", "https://r.openai.azure.com/openai/v1", "/v1/responses", "https://r.openai.azure.com/openai/v1/responses"],
];
for (const [what, base, target, url, query] of CASES) {
  Deno.test(`backendUrl(): ${what}`, () => assert.equal(backendUrl(base, target, query).href, url));
}
