/** The admin API, sent what its own OpenAPI document lets one send, and a little of what it does not: no 5xx, every answer as described. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { judgeOf, type OpenApiDocument, type OpenApiOperation, type OpenApiParameter } from "../support/openapi.ts";
import { testRuns } from "../support/runs.ts";
import { NASTY, schemaArbitraries } from "../support/schema_arbitrary.ts";

const ADMIN = "admin-key-for-the-fuzz-test";

interface Sent {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

Deno.test("the admin API answers everything as its OpenAPI document says, and never with 5xx", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startGateway({
    files: {
      "config.yaml": `admin: {allow_private_backends: true}
pipelines: {careful: {type: sequential, stages: [{name: a, classifier: toxicity}]}}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  default_tenant: filed
  configs: {filed: {backend_url: "${llm.url}", policy_path: ./policy.yaml}, other: {backend_url: "${llm.url}", enabled: false}}
`,
      "policy.yaml": TEST_POLICY,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN },
  });
  const fetched = await fetch(`${gateway.url}/admin/openapi.json`, { headers: { "x-checkstream-admin-key": ADMIN } });
  const document: OpenApiDocument = await fetched.json();
  const judge = judgeOf(document);
  const keys: string[] = ["key_none"];
  const ids = ["filed", "other", "acme", "beta", "gamma"];
  const policy = "policies:\n  - {name: a, phase: ingress, trigger: {keywords: [x]}, action: stop}\n";
  /** A configuration that works, mostly: one of everything at random almost never does. */
  const sensible: fc.Arbitrary<unknown> = fc.record({
    backend_url: fc.constant(llm.url),
    audit: fc.constant({ enabled: false }),
    policy: fc.constantFrom({ text: policy }, { text: policy.replace("[x]", "[y]") }, { path: "./policy.yaml" }),
    display_name: fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom("'; drop table tenants; --", "ÄÖ\u202e", "<b>")),
    enabled: fc.boolean(),
    require_key: fc.boolean(),
    thresholds: fc.record({ safety: fc.double({ min: 0, max: 1.1, noNaN: true }) }),
    headers: fc.constantFrom({ "X-Api-Key": "sekret" }, { "X-A": "b" }, { "Bad Name": "x" }, { A: "x\r\ny: z" }),
    metadata: fc.dictionary(fc.constantFrom("constructor", "prototype", "a", "token"), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
      maxKeys: 3,
    }),
    rate_limit: fc.record({ requests_per_minute: fc.integer({ min: 0, max: 1000 }) }),
    model_aliases: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 }), { maxKeys: 2 }),
  }, { requiredKeys: ["backend_url", "audit"] });
  const { arbitrary } = schemaArbitraries(document.components.schemas, {
    // Values that random texts never get right, beside some that are not.
    id: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: fc.constantFrom(...NASTY) }),
    config: fc.oneof({ weight: 2, arbitrary: sensible }, {
      weight: 1,
      arbitrary: fc.constant(undefined).chain(() => arbitrary({ $ref: "#/TenantConfig" })),
    }),
    backend_url: fc.constantFrom(llm.url, llm.url, llm.url, "http://127.0.0.1:1", "ftp://x", "http://[", "https://169.254.169.254/"),
    url: fc.constantFrom(llm.url, "http://127.0.0.1:1"),
    policy_path: fc.constantFrom("./policy.yaml", "./policy.yaml", "./none.yaml", "/etc/passwd", "../x.yaml"),
    policy: fc.oneof(
      fc.constant({ text: policy }),
      fc.constant({ path: "./policy.yaml" }),
      fc.record({ text: fc.string() }),
      fc.constantFrom<unknown>(null, { path: "a", text: policy }, "a", { text: policy.replace("a,", "a, a:") }),
    ),
    classifier: fc.constantFrom("pii_detector", "toxicity", "none", "constructor"),
    classifiers: fc.constantFrom<unknown>(["toxicity"], ["none"], [], "toxicity", null),
    pipeline: fc.oneof(
      fc.constant("careful"),
      fc.constant("careful"),
      fc.constant({ ingress: { classifiers: ["toxicity"] } }),
      fc.constant("none"),
      fc.constant({ midstream: { enabled: false } }),
    ),
    tenant: fc.constantFrom("filed", "filed", "filed", ...ids, "none"),
    expires_at: fc.constantFrom(
      "2099-01-01T00:00:00Z",
      "2020-01-01T00:00:00+01:00",
      "9999-12-31T23:59:59Z",
      "tomorrow",
      "0000-01-01T00:00:00Z",
    ),
    // A folder of its own for each, or the trails of two would meet.
    audit: fc.constantFrom<unknown>({ enabled: false }, { retention_days: 1 }, { enabled: "yes" }),
  });

  /** Nasty texts that a URL's path can hold. */
  const inPaths = NASTY.filter((text) => text !== "" && text !== ".." && text.isWellFormed());
  const parameter = ({ name, schema }: OpenApiParameter, path: string): fc.Arbitrary<string> => {
    if (name === "id") {
      return fc.oneof({ weight: 10, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: fc.constantFrom(...inPaths) });
    }

    if (name === "key" && path.includes("/keys/")) return fc.integer({ min: 0, max: 1e6 }).map((at) => keys[at % keys.length]!);
    if (name === "version") return fc.constantFrom("1", "2", "3", "0", "x", "999999999");
    if (name === "tenant") return fc.constantFrom(...ids, "none", "");
    if (name === "cursor") return fc.constantFrom("", "1", "filed", "MTIz.x", "...", "key_none");
    if (name === "start" || name === "end") {
      return fc.constantFrom("2020-01-01T00:00:00Z", "2099-01-01", "never", "", "-271821-04-20T00:00:00Z");
    }
    return fc.oneof(
      arbitrary(schema).map((value) => typeof value === "string" ? value.toWellFormed() : JSON.stringify(value) ?? ""),
      fc.constantFrom("1", "0", "-1", "1e3"),
    );
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  const byId = new Map(operations.map(({ operation }) => [operation.operationId, operation]));
  const request = (): fc.Arbitrary<Sent> =>
    // Reading is cheap to get right; what changes the state is tried more often.
    fc.oneof(...operations.map(({ path, method, operation }) => ({
      weight: { listTenants: 1, reload: 1, createTenant: 8, createKey: 6 }[operation.operationId] ?? (method === "get" ? 1 : 3),
      arbitrary: one(path, method, operation),
    })));
  const one = (path: string, method: string, operation: OpenApiOperation): fc.Arbitrary<Sent> => {
    const parameters = operation.parameters ?? [];
    const media = Object.entries(operation.requestBody?.content ?? {});
    const values = fc.tuple(...parameters.map((each) => {
      const value = parameter(each, path);
      return each.in === "path" ? value : fc.option(value, { nil: undefined, freq: 1 });
    }));
    const described = arbitrary(media[0]?.[1].schema ?? {});
    const content = operation.operationId === "patchTenant" ? fc.oneof(described, sensible) : described;
    const body = media.length === 0 ? fc.constant(undefined) : fc.oneof(
      { weight: 20, arbitrary: content.map((value) => JSON.stringify(value)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("", "{", "null", "[]", '"x"', '{"__proto__":{"a":1}}', `{"a":${"[".repeat(3000)}`, "\ufeff{}"),
      },
    );
    const type = fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...media.map(([each]) => each), "application/json") },
      { weight: 1, arbitrary: fc.constantFrom("text/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16") },
    );
    const tag = fc.option(fc.constantFrom('"1"', '"2"', "*", '"x"', 'W/"1"', "rubbish", '"1", "2"'), { nil: undefined, freq: 1 });
    return fc.tuple(values, body, type, tag).map(([values, body, type, tag]) => {
      let url = path;
      const query = new URLSearchParams();
      const headers: Record<string, string> = {};
      parameters.forEach(({ name, in: place }, i) => {
        const value = values[i];
        if (value === undefined) return;
        if (place === "path") url = url.replace(`{${name}}`, encodeURIComponent(value));
        else if (place === "query") query.set(name, value);
        else if (name === "X-Tenant-ID") headers[name] = encodeURIComponent(value).slice(0, 500);
      });
      if (tag !== undefined) headers["if-match"] = tag;
      if (body !== undefined) headers["content-type"] = type;
      return {
        operationId: operation.operationId,
        method: method.toUpperCase(),
        path: query.size === 0 ? url : `${url}?${query}`,
        headers,
        body,
      };
    });
  };

  const runs = testRuns(900);
  const seed = Date.now() % 2 ** 31;
  const statuses = new Map<string, number>();
  let sent = 0;
  console.log(`admin fuzz: seed ${seed}, ${runs} requests`);
  await fc.assert(
    fc.asyncProperty(request(), async ({ operationId, method, path, headers, body }) => {
      const answer = await fetch(`${gateway.url}${path}`, {
        method,
        headers: { "x-checkstream-admin-key": ADMIN, ...headers },
        ...(body !== undefined && { body }),
        redirect: "manual",
      });
      const text = await answer.text();
      sent++;
      statuses.set(`${operationId} ${answer.status}`, (statuses.get(`${operationId} ${answer.status}`) ?? 0) + 1);
      const told = `${method} ${path} ${body?.slice(0, 2000) ?? ""}\n→ ${answer.status} ${text.slice(0, 2000)}`;
      assert.ok(answer.status < 500, told);
      assert.match(answer.headers.get("x-checkstream-request-id") ?? "", /^[0-9a-f-]{36}$/, told);
      const wrong = judge(byId.get(operationId)!, { status: answer.status, contentType: answer.headers.get("content-type"), body: text });
      assert.equal(wrong, undefined, `${wrong}\n${told}`);
      if (answer.status >= 400) {
        const problem = JSON.parse(text);
        if (problem.status !== "failed") assert.equal(problem.status, answer.status, told);
      }
      if (operationId === "createKey" && answer.status === 201) keys.push(JSON.parse(text).id);
    }),
    { seed, numRuns: runs },
  );

  // What was sent reached every operation, and most of them in a way that worked.
  const worked = operations.filter(({ operation: { operationId } }) =>
    [...statuses.keys()].some((key) => key.startsWith(`${operationId} 2`))
  );
  const never = operations.filter((each) => !worked.includes(each)).map(({ operation }) => operation.operationId);
  console.log(
    `admin fuzz: ${sent} requests, ${statuses.size} pairs of operation and status; never with success: ${never.join(", ") || "none"}`,
  );
  if (runs >= 900) {
    assert.ok(worked.length >= operations.length * 0.8, `only ${worked.length} of ${operations.length} operations ever worked`);
  }
  assert.ok(
    !/"request failed"|Uncaught|unhandled/i.test(gateway.output()),
    gateway.output().split("\n").filter((line) => /request failed|ncaught/.test(line)).join("\n").slice(0, 4000),
  );
  const ready = await fetch(`${gateway.url}/health/ready`);
  assert.deepEqual([ready.status, (await ready.json()).status], [200, "ready"]);
  await llm.close();
});

Deno.test("every operation keeps to the roles that its description names", async () => {
  const keys = { admin: "role-admin-key-of-the-test", operator: "role-operator-key-of-test", viewer: "role-viewer-key-of-the-test" };
  await using gateway = await startGateway({
    files: {
      "config.yaml": `admin:
  keys: [{name: o, role: operator, key_env: KEY_OPERATOR}, {name: v, role: viewer, key_env: KEY_VIEWER}]
backend: {url: "http://127.0.0.1:9"}
`,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: keys.admin, KEY_OPERATOR: keys.operator, KEY_VIEWER: keys.viewer },
  });
  const document: OpenApiDocument = await (await fetch(`${gateway.url}/admin/openapi.json`, {
    headers: { authorization: `Bearer ${keys.viewer}` },
  })).json();
  let asked = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const roles = operation["x-checkstream-roles"];
      const url = gateway.url + path.replaceAll(/\{\w+\}/g, "none");
      for (const role of [undefined, "viewer", "operator", "admin"] as const) {
        const answer = await fetch(url, {
          method: method.toUpperCase(),
          headers: role === undefined ? {} : { "x-checkstream-admin-key": keys[role] },
        });
        await answer.body?.cancel();
        asked++;
        const open = operation.security.length === 0;
        const expected = open || (role !== undefined && (roles ?? ["viewer", "operator", "admin"]).includes(role))
          ? "in"
          : role === undefined
          ? 401
          : 403;
        const got = [401, 403].includes(answer.status) ? answer.status : "in";
        assert.equal(got, expected, `${method} ${path} as ${role ?? "nobody"}: ${answer.status}`);
      }
    }
  }
  console.log(`admin roles: ${asked} calls`);
});
