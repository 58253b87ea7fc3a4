/** Writes docs/admin-api.md from the OpenAPI document of the admin API. */
import { OPERATIONS } from "../src/http/admin/mod.ts";
import { openApi } from "../src/http/admin/openapi.ts";

interface Described {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Described | boolean;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: Described;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Described }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Described }>> }>
  >;
}

interface Document {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Described>> };
}

/** Shapes that have a page of their own, or say nothing in a table. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  TenantConfig: "A tenant's keys, as under `tenants.configs.<id>` in the [configuration file](configuration.md).",
  TenantPatch: "A JSON Merge Patch (RFC 7396) of a `TenantConfig`: what it names changes, `null` removes.",
};

/** The page, whole. */
export function adminApiPage(): string {
  const document: Document = JSON.parse(JSON.stringify(openApi(OPERATIONS)));
  const { paths, components: { schemas }, tags } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
  );
  return [
    "# Admin API",
    "",
    "Every call of the operator's API. Generated from its OpenAPI 3.1 document (`GET /admin/openapi.json`) by `deno task schemas`; do not edit.",
    "[Tenants and keys](tenants-and-keys.md) tells how to work with it.",
    "",
    "The key goes into `X-Checkstream-Admin-Key` or `Authorization: Bearer`. Roles: `viewer` reads, `operator` changes everything but keys,",
    "`admin` changes keys as well. Without any configured key only clients on the gateway's own machine are served, and no web page of another",
    "origin. Bodies are JSON, at most 1 MiB (10 MiB for `/admin/test-*`); unknown keys are refused with a suggestion. Every answer has",
    "`X-CheckStream-Request-Id`; the log line of the call and its entry in `/admin/log` have it too.",
    "",
    "Errors are problem details (RFC 9457, `application/problem+json`) with a `code` for programs, and `errors: [{path, message}]` where what was",
    "sent is wrong:",
    "",
    "```json",
    JSON.stringify(
      {
        type: "urn:checkstream:problem:invalid_tenant",
        title: "Unprocessable Content",
        status: 422,
        detail: 'backend_ur: unknown key "backend_ur"; did you mean "backend_url"?',
        instance: "urn:uuid:0b8f…",
        code: "invalid_tenant",
        errors: [{ path: "backend_ur", message: 'unknown key "backend_ur"; did you mean "backend_url"?' }],
        error: { message: "…", type: "invalid_request", code: "invalid_tenant", param: null },
      },
      null,
      1,
    ),
    "```",
    "",
    ...tags.flatMap(({ name, description }) => {
      const own = operations.filter(({ operation }) => operation.tags.includes(name));
      if (own.length === 0) return [];
      return [`## ${name[0]!.toUpperCase()}${name.slice(1)}`, "", description, "", ...own.flatMap((each) => section(each))];
    }),
    "## Shapes",
    "",
    ...Object.entries(schemas).flatMap(([name, schema]) => [`### ${name}`, "", ...shape(name, schema), ""]),
  ].join("\n").trimEnd() + "\n";
}

function section({ path, method, operation }: { path: string; method: string; operation: DescribedOperation }): string[] {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const body = Object.entries(requestBody?.content ?? {});
  const isProblem = ({ content = {} }: DescribedOperation["responses"][string]) =>
    Object.keys(content).includes("application/problem+json");
  const described = Object.entries(responses).filter(([, response]) => !isProblem(response));
  const problems = Object.entries(responses).filter(([status, response]) => isProblem(response) && status !== "500").map(([status]) =>
    status
  );
  return [
    `### ${method} ${path}`,
    "",
    `${summary}. ${description}`,
    "",
    ...(parameters.length === 0 ? [] : [
      "| parameter | in | value | meaning |",
      "| --- | --- | --- | --- |",
      ...parameters.map((each) => `| \`${each.name}\` | ${each.in} | ${cell(typeOf(each.schema))} | ${cell(each.description ?? "")} |`),
      "",
    ]),
    ...(body.length === 0 ? [] : [`Body: ${typeOf(body[0]![1].schema)} (${body.map(([type]) => `\`${type}\``).join(" or ")}).`, ""]),
    "| status | answer |",
    "| --- | --- |",
    ...described.map(([status, { description, content }]) => {
      const kinds = Object.entries(content ?? {}).map(([type, { schema }]) => schema.$ref === undefined ? `\`${type}\`` : typeOf(schema));
      return `| ${status} | ${cell([description, ...new Set(kinds)].join(": "))} |`;
    }),
    ...(problems.length === 0 ? [] : [`| ${problems.join(", ")} | [Problem](#problem) |`]),
    "",
  ];
}

function shape(name: string, schema: Described): string[] {
  const elsewhere = ELSEWHERE[name];
  if (elsewhere !== undefined) return [elsewhere];
  const intro = schema.description === undefined ? [] : [`${schema.description}.`, ""];
  if (schema.anyOf !== undefined) {
    return [...intro, ...schema.anyOf.flatMap((each, i) => [...(i > 0 ? ["", "or", ""] : []), ...table(each)])];
  }
  return [...intro, ...table(schema)];
}

function table(schema: Described): string[] {
  if (schema.$ref !== undefined) return [`${typeOf(schema)}.`];
  return [
    "| key | value | meaning |",
    "| --- | --- | --- |",
    ...rows(schema, ""),
    ...(schema.additionalProperties !== false && typeof schema.additionalProperties === "object" && schema.properties !== undefined &&
        Object.keys(schema.additionalProperties).length === 0
      ? ["| … | | further keys |"]
      : []),
  ];
}

function rows({ properties = {}, required = [] }: Described, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const optional = required.includes(key)
      ? ""
      : value.default === undefined
      ? "optional"
      : `default \`${JSON.stringify(value.default)}\``;
    const meaning = [value.description, optional].filter((each) => each !== undefined && each !== "").join("; ");
    const inner = value.items?.properties !== undefined
      ? rows(value.items, `${path}[].`)
      : value.$ref === undefined
      ? rows(value, `${path}.`)
      : [];
    return [`| \`${path}\` | ${cell(typeOf(value))} | ${cell(meaning)} |`, ...inner];
  });
}

function typeOf(value: Described): string {
  if (value.$ref !== undefined) {
    const name = value.$ref.slice(value.$ref.lastIndexOf("/") + 1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (value.const !== undefined) return `\`${JSON.stringify(value.const)}\``;
  if (value.enum !== undefined) return value.enum.map((each) => `\`${each}\``).join(", ");
  if (value.anyOf !== undefined) return [...new Set(value.anyOf.map(typeOf))].join(" or ");
  if (value.type === "array") return `list of ${typeOf(value.items ?? {})}`;
  if (value.type === "object") {
    const inner = value.additionalProperties;
    return typeof inner === "object" && Object.keys(inner).length > 0 && value.properties === undefined
      ? `mapping to ${typeOf(inner)}`
      : "mapping";
  }
  if (value.type === "null") return "null";
  const { minimum, maximum } = value;
  const bounded = [minimum, maximum].some((each) => each !== undefined && Math.abs(each) < Number.MAX_SAFE_INTEGER);
  const far = (each: number | undefined) => each === undefined || Math.abs(each) >= Number.MAX_SAFE_INTEGER ? "" : String(each);
  const range = bounded ? ` ${far(minimum)}–${far(maximum)}` : "";
  const names: Readonly<Record<string, string>> = { string: "text", boolean: "true or false", integer: "whole number", number: "number" };
  const type = [value.type ?? "anything"].flat().map((each) => names[each] ?? each).join(" or ");
  return value.format === "date-time" ? "time (RFC 3339)" : `${type}${range}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ").replace(/\s+$/, "");
}

if (import.meta.main) await Deno.writeTextFile(new URL("../docs/admin-api.md", import.meta.url), adminApiPage());
