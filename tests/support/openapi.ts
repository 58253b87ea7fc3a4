/** Reads an OpenAPI 3.1 document, and judges answers by it with a validator that is none of ours. */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Schema } from "./schema_arbitrary.ts";

export interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
  readonly security: readonly object[];
  readonly "x-checkstream-roles"?: readonly string[];
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What is wrong with an answer; undefined when the document describes it. */
export type Judge = (
  operation: OpenApiOperation,
  answer: { readonly status: number; readonly contentType: string | null; readonly body: string },
) => string | undefined;

export function judgeOf(document: OpenApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "https://checkstream.example/openapi", components: document.components });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  const validator = (schema: Schema) => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"https://checkstream.example/openapi#/');
    let found = compiled.get(text);
    if (found === undefined) compiled.set(text, found = ajv.compile(JSON.parse(text)));
    return found;
  };
  return ({ responses }, { status, contentType, body }) => {
    const described = responses[status];
    if (described === undefined) return `the status ${status} is not described`;
    if (described.content === undefined) return body === "" ? undefined : `a body where none is described`;
    const type = (contentType ?? "").split(";")[0]!.trim();
    const media = described.content[type];
    if (media === undefined) return `the content type "${type}" is not described for ${status}`;
    if (!/json$/.test(type) || type.endsWith("ndjson")) return undefined;
    const validate = validator(media.schema);
    return validate(JSON.parse(body)) ? undefined : ajv.errorsText(validate.errors);
  };
}
