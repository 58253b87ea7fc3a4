/** The OpenAPI 3.1 document of the admin API, made from the schemas that the operations themselves use. */
import { z } from "zod";
import { VERSION } from "../../version.ts";
import { allows, type Role, ROLES } from "./access.ts";
import { type Access, type Answer, type Operation, operation } from "./operation.ts";
import { PROBLEM_TYPE } from "./problem.ts";
import { SHAPES, standsFor } from "./shapes.ts";

/** A JSON document. */
export type JsonObject = { readonly [key: string]: unknown };

const TAGS: Readonly<Record<string, string>> = {
  tenants: "Tenants: who is served, with what. Changes are checked whole, stored, and served at once.",
  policies: "A tenant's policy as text: its versions and the way back.",
  keys: "Gateway keys of tenants. A key is shown once, when it is made.",
  usage: "What tenants asked for.",
  log: "Every change of the state: who, what, when, before, after.",
  playground: "Try a text on classifiers, pipelines and policies. Nothing is recorded.",
  operation: "Reload, metrics, health.",
  audit: "A tenant's audit trail.",
};

/** Describes `operations`. */
export function openApi(operations: readonly Operation[]): JsonObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of operations) (paths[each.path] ??= {})[each.method] = describe(each);
  return {
    openapi: "3.1.0",
    info: {
      title: "CheckStream admin API",
      version: VERSION,
      description: "Tenants, keys, policies, usage and audit of a CheckStream gateway. Errors are problem details (RFC 9457). " +
        "Without a configured admin key only clients on the gateway's own machine are served.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        adminKey: { type: "apiKey", in: "header", name: "X-Checkstream-Admin-Key", description: "An admin key" },
        bearer: { type: "http", scheme: "bearer", description: "An admin key, or where it says so a tenant's own key" },
      },
    },
  };
}

/** The operation that serves the document. */
export function openApiOperation(all: () => readonly Operation[]): Operation {
  let document: string | undefined;
  return operation({
    id: "getOpenApi",
    method: "get",
    path: "/admin/openapi.json",
    tag: "operation",
    summary: "This document",
    access: "viewer",
    answers: { 200: { description: "OpenAPI 3.1", text: ["application/json"] } },
    handle: ({ answer }) => answer(200, document ??= JSON.stringify(openApi(all())), "application/json"),
  });
}

function describe(op: Operation): JsonObject {
  const parameters = [
    ...Object.entries(op.params).map(([name, schema]) => ({ name, in: "path", required: true, ...parameter(schema) })),
    ...Object.entries(op.query).map(([name, schema]) => ({
      name,
      in: "query",
      required: !schema.safeParse(undefined).success,
      ...parameter(schema),
    })),
    ...Object.entries(op.headers ?? {}).map(([name, description]) => ({
      name,
      in: "header",
      required: false,
      description,
      schema: { type: "string" },
    })),
  ];
  return {
    operationId: op.id,
    tags: [op.tag],
    summary: op.summary,
    description: [op.description, accessText(op.access)].filter((each) => each !== undefined).join(" "),
    ...(parameters.length > 0 && { parameters }),
    ...(op.body !== undefined && {
      requestBody: {
        required: op.emptyBody !== true,
        content: Object.fromEntries((op.accepts ?? ["application/json"]).map((type) => [type, { schema: reference(op.body!) }])),
      },
    }),
    responses: Object.fromEntries([
      ...Object.entries(op.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ...statusesOf(op).filter((status) => !(status in op.answers)).map((status) => [String(status), PROBLEM_ANSWER]),
    ]),
    security: op.access === "open" ? [] : [{ adminKey: [] }, { bearer: [] }],
    ...(op.access !== "open" && op.access !== "tenant" && { "x-checkstream-roles": rolesOf(op.access) }),
  };
}

const PROBLEM_ANSWER = {
  description: "A problem",
  content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Problems that an operation can answer. */
function statusesOf(op: Operation): readonly number[] {
  return [
    ...(op.access === "open" ? [] : [401, 403]),
    ...(Object.keys(op.params).length > 0 ? [404] : []),
    400,
    ...(op.body === undefined ? [] : [413, 415, 422]),
    ...op.errors ?? [],
    500,
  ].filter((status, at, all) => all.indexOf(status) === at).sort();
}

function describeAnswer(answer: Answer): JsonObject {
  const headers = Object.entries({
    "X-CheckStream-Request-Id": "The request's id, as in the log",
    ...answer.headers,
  }).map(([name, description]) => [name, { description, schema: { type: "string" } }]);
  return { description: answer.description, headers: Object.fromEntries(headers), ...contentOf(answer) };
}

function contentOf(answer: Answer): JsonObject {
  if ("json" in answer) {
    const texts = (answer.orText ?? []).map((type) => [type, { schema: { type: "string" } }]);
    return { content: { "application/json": { schema: reference(answer.json) }, ...Object.fromEntries(texts) } };
  }
  if (!("text" in answer)) return {};
  return {
    content: Object.fromEntries(
      answer.text.map((type) => [type, { schema: type === "application/json" ? { type: "object" } : { type: "string" } }]),
    ),
  };
}

function rolesOf(needed: Role): readonly Role[] {
  return ROLES.filter((role) => allows(role, needed));
}

function accessText(access: Access): string {
  if (access === "open") return "Open to everybody.";
  if (access === "tenant") return "For a tenant's own key, and for every admin key.";
  return `Roles: ${rolesOf(access).join(", ")}.`;
}

function parameter(schema: z.ZodType): JsonObject {
  const { description, ...rest } = converted(schema);
  return { ...(description !== undefined && { description }), schema: rest };
}

/** Bodies are named, so that the document reads like the code. */
function reference(schema: z.ZodType): JsonObject {
  const as = standsFor(schema);
  if (as !== undefined) return as;
  const name = SHAPES.get(schema)?.id;
  if (name === undefined) throw new TypeError("A body without a name: wrap its schema in named()");
  return { $ref: `#/components/schemas/${name}` };
}

const OPTIONS = {
  io: "input",
  unrepresentable: "any",
  target: "draft-2020-12",
  override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) {
    const as = standsFor(zodSchema);
    if (as === undefined) return;
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, as);
  },
} as const;

function converted(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, OPTIONS);
  return rest;
}

function components(): JsonObject {
  const { schemas } = z.toJSONSchema(SHAPES, { ...OPTIONS, uri: (id) => `#/components/schemas/${id}` });
  const all: Record<string, JsonObject> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const { $schema: _, $id: __, ...rest } = schema;
    all[name] = rest;
  }
  all.TenantPatch = {
    ...patchOf(all.TenantConfig ?? {}),
    description: "JSON Merge Patch (RFC 7396) of a TenantConfig: null removes a key",
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
}

/** What may patch a document of `schema`: any part of it, and null wherever a key may be removed. */
function patchOf(schema: JsonObject): JsonObject {
  const { required: _, default: __, properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(isObject(properties) && { properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, orNull(each)])) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isObject(additionalProperties) ? orNull(additionalProperties) : additionalProperties,
    }),
  };
}

function orNull(schema: unknown): JsonObject {
  return { anyOf: [isObject(schema) ? patchOf(schema) : {}, { type: "null" }] };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
