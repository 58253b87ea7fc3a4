/** Names for the schemas of the admin API, under which `/admin/openapi.json` lists them. */
import { z } from "zod";

/** All named schemas; an operation refers to them as `#/components/schemas/NAME`. */
export const SHAPES = z.registry<{ id: string }>();

/** Gives `schema` a name in the OpenAPI document. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  SHAPES.add(schema, { id });
  return schema;
}

const STANDS_FOR = new WeakMap<z.core.$ZodType, string>();

/** A schema that is lenient because what it lets through is checked elsewhere, described as what passes there. */
export function documentedAs<S extends z.ZodType>(schema: S, id: string): S {
  STANDS_FOR.set(schema, id);
  return schema;
}

/** The name under which `schema` is described, if it stands for another one. */
export function standsFor(schema: z.core.$ZodType): string | undefined {
  return STANDS_FOR.get(schema);
}

/** An RFC 3339 time as answers give it: UTC, milliseconds. */
export const time = z.iso.datetime();

/** A time in a query. */
export const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "not an RFC 3339 time, e.g. 2026-01-31T00:00:00Z")
  .transform((text) => new Date(text).toISOString()).optional();

/** A whole number in a query. */
export function count(most: number, fallback: number) {
  return z.string().regex(/^\d{1,9}$/, "expected a whole number").transform(Number)
    .refine((value) => value >= 1 && value <= most, `expected 1 to ${most}`).optional().transform((value) => value ?? fallback);
}

/** Where a page begins, in a query. */
export const cursor = z.string().max(300).optional().describe("`next_cursor` of the page before");

/** Where the next page begins, in an answer. */
export const nextCursor = z.string().nullable().describe("`cursor` of the next page; null on the last one");
