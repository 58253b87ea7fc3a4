/** Values of a JSON Schema (draft 2020-12), and values that are nearly of it: what an API is sent by its users, and by others. */
import fc from "fast-check";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Texts that go wrong somewhere: SQL, prototypes, control characters, half characters, paths, very long ones. */
export const NASTY: readonly string[] = [
  "",
  " ",
  "'; drop table tenants; --",
  '" or 1=1 --',
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "..",
  "../../etc/passwd",
  "%00",
  "%2e%2e%2f",
  "\0",
  "\ud800",
  "a\r\nX-Injected: 1",
  "\u202e\ufeff",
  "null",
  "NaN",
  "-1",
  "1e999",
  "9".repeat(400),
  "ä".repeat(300),
  "x".repeat(5000),
  "${CHECKSTREAM_ADMIN_API_KEY}",
  "{{7*7}}",
  "<script>alert(1)</script>",
];

const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 10, max: 200 }).map((depth) => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
    return value;
  }),
);

/** Makes arbitraries for schemas whose `$ref`s point into `components`. */
export function schemaArbitraries(components: Readonly<Record<string, Schema>>, words: Readonly<Record<string, fc.Arbitrary<unknown>>>) {
  const known = new Map<string, fc.Arbitrary<unknown>>();

  /** Of the schema, but in about one place of thirty. `words` are for properties that random texts would never get right. */
  function arbitrary(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
    return fc.oneof({ weight: 30, arbitrary: valid(schema, depth) }, { weight: 1, arbitrary: nastyValue });
  }

  function valid(schema: Schema, depth: number): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1)!;
      let found = known.get(`${name}${depth}`);
      if (found === undefined) known.set(`${name}${depth}`, found = valid(components[name]!, depth));
      return found;
    }
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) return fc.oneof(...branches.map((branch) => arbitrary(branch, depth)));
    switch (schema.type) {
      case "object":
        return object(schema, depth);
      case "array":
        return fc.array(arbitrary(schema.items ?? {}, depth + 1), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 4, 4),
        });
      case "string":
        return text(schema);
      case "integer":
        return fc.integer({ min: Math.max(schema.minimum ?? -100, -1e9), max: Math.min(schema.maximum ?? 100_000, 1e9) });
      case "number":
        return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000, noNaN: true });
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  function object({ properties = {}, required = [], additionalProperties, propertyNames }: Schema, depth: number): fc.Arbitrary<unknown> {
    const model: Record<string, fc.Arbitrary<unknown>> = {};
    for (const [name, schema] of Object.entries(properties)) {
      const value = words[name] ?? arbitrary(schema, depth + 1);
      // Deep documents say little; most keys are left out.
      model[name] = required.includes(name) ? value : fc.option(value, { nil: undefined, freq: depth > 1 ? 1 : 2 });
    }
    const base = fc.record(model).map((value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)));
    const more = typeof additionalProperties === "object"
      ? fc.dictionary(
        propertyNames === undefined ? name() : valid(propertyNames, depth).map(String),
        arbitrary(additionalProperties, depth + 1),
        { maxKeys: 3 },
      )
      : fc.constant({});
    // A key that is not there, or that means something else to JavaScript.
    const odd = fc.oneof({ weight: 60, arbitrary: fc.constant({}) }, {
      weight: 1,
      arbitrary: fc.dictionary(name(), nastyValue, { minKeys: 1, maxKeys: 1 }),
    });
    return fc.tuple(base, more, odd).map((parts) => Object.assign({}, ...parts));
  }

  return { arbitrary };
}

function name(): fc.Arbitrary<string> {
  return fc.oneof({ weight: 8, arbitrary: fc.stringMatching(/^[a-z][a-z_-]{0,12}$/) }, { weight: 1, arbitrary: fc.constantFrom(...NASTY) });
}

function text({ pattern, format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<unknown> {
  if (format === "date-time") {
    return fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern.length > 200 ? "^x$" : pattern, "u"));
  return fc.oneof(
    { weight: 6, arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, 60) }) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 60) }) },
    { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
  );
}
