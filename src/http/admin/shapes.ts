/** Names for the schemas of the admin API, under which `/admin/openapi.json` lists them. */
import { z } from "zod";

/** All named schemas; an operation refers to them as `#/components/schemas/NAME`. */
export const SHAPES = z.registry<{ id: string }>();

/** Gives `schema` a name in the OpenAPI document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  SHAPES.add(schema, { id });
  return schema;
}

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const STANDS_FOR = new WeakMap<z.core.$ZodType, JsonSchema>();

/**
 * A schema that is described as something else: as the named one whose content it lets pass to be checked elsewhere, or as what its text
 * means. Call it last, since `.describe()` and the like make another schema.
 */
export function documentedAs<S extends z.ZodType>(schema: S, as: string | JsonSchema): S {
  STANDS_FOR.set(schema, typeof as === "string" ? { $ref: `#/components/schemas/${as}` } : as);
  return schema;
}

/** What `schema` is described as, if that is something else. */
export function standsFor(schema: z.core.$ZodType): JsonSchema | undefined {
  return STANDS_FOR.get(schema);
}

/** An RFC 3339 time as answers give it: UTC, milliseconds. */
export const time = z.iso.datetime();

/** A time in a query. */
export function instant(description: string) {
  const schema = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "not an RFC 3339 time, e.g. 2026-01-31T00:00:00Z")
    .transform((text) => new Date(text).toISOString()).optional();
  return documentedAs(schema, { type: "string", format: "date-time", description });
}

/** A whole number from 1 to `most` in a query. */
export function count(most: number, fallback: number, description: string) {
  const schema = z.string().regex(/^\d{1,9}$/, "expected a whole number").transform(Number)
    .refine((value) => value >= 1 && value <= most, `expected 1 to ${most}`).optional().transform((value) => value ?? fallback);
  return documentedAs(schema, { type: "integer", minimum: 1, maximum: most, default: fallback, description });
}

/** Where a page begins, in a query. */
export const cursor = z.string().max(300).optional().describe("`next_cursor` of the page before");

/** Where the next page begins, in an answer. */
export const nextCursor = z.string().nullable().describe("`cursor` of the next page; null on the last one");
