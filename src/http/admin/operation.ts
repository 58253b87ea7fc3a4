/** One call of the admin API. The same schemas read its requests, type its answers and describe both in `/admin/openapi.json`. */
import type { Context } from "hono";
import { z } from "zod";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";
import { type Caller, callerOf, requireRole, type Role } from "./access.ts";
import { readJson, readQuery } from "./reading.ts";

/** Who may call: a role and those above it; `open`: anybody; `tenant`: the operation itself lets tenants' own keys in as well. */
export type Access = Role | "open" | "tenant";

/** An answer of one status: JSON of a schema (or, where asked for, text of `orText`), text of one of several media types, or nothing. */
export type Answer =
  & { readonly description: string; readonly headers?: Readonly<Record<string, string>> }
  & ({ readonly json: z.ZodType; readonly orText?: readonly string[] } | { readonly text: readonly string[] } | { readonly empty: true });

/** What belongs to a declared answer: its body, the media type of a text, further headers. */
type PartsOf<T> = T extends { json: infer B extends z.ZodType } ? [body: z.input<B>, headers?: Headers]
  : T extends { text: unknown } ? [body: string | ReadableStream<Uint8Array<ArrayBuffer>>, type: string, headers?: Headers]
  : [headers?: Headers];

type Headers = Readonly<Record<string, string>>;

/** Makes an answer of a status that the operation declares, with what belongs to it. */
export type Answering<A> = <S extends keyof A>(status: S, ...parts: PartsOf<A[S]>) => Response;

/** Who asks, and how. */
export interface Asked {
  /** Undefined only where `access` lets in others than admins. */
  readonly caller: Caller | undefined;
  readonly requestId: string;
  readonly c: Context<AppEnv>;
}

/** A request, read and checked. */
export interface Call<P, Q, B, A> extends Asked {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly answer: Answering<A>;
}

type Shape = Readonly<Record<string, z.ZodType>>;
type Output<S extends Shape> = z.output<z.ZodObject<S>>;

/** What all operations say about themselves. */
interface Facts {
  /** Unique; `operationId`. */
  readonly id: string;
  readonly method: "get" | "post" | "patch" | "delete";
  /** OpenAPI spelling: `/admin/tenants/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Statuses of problems it answers beside those that follow from access and body. */
  readonly errors?: readonly number[];
  /** Request headers it reads, with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Media types of the body. @default application/json */
  readonly accepts?: readonly string[];
  /** An absent body counts as `{}`. */
  readonly emptyBody?: boolean;
  /** @default 1 MiB */
  readonly maxBodyBytes?: number;
}

export interface Spec<P extends Shape, Q extends Shape, B extends z.ZodType, A extends Readonly<Record<number, Answer>>> extends Facts {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: A;
  readonly handle: (call: Call<Output<P>, Output<Q>, z.output<B>, A>, deps: AppDeps) => Response | Promise<Response>;
}

/** An operation, ready to be served and described. */
export interface Operation extends Facts {
  readonly params: Shape;
  readonly query: Shape;
  readonly body: z.ZodType | undefined;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly run: (c: Context<AppEnv>, deps: AppDeps) => Promise<Response>;
}

/** Largest body of a call; bytes. */
export const MAX_BODY_BYTES = 1 << 20;

export function operation<
  A extends Readonly<Record<number, Answer>>,
  P extends Shape = Record<never, never>,
  Q extends Shape = Record<never, never>,
  B extends z.ZodType = z.ZodUndefined,
>(spec: Spec<P, Q, B, A>): Operation {
  const { params, query, body, answers, handle, ...facts } = spec;
  // Absent parts are empty ones; the compiler cannot see that an absent P or Q has no members.
  const paramsSchema = z.object(params ?? {}) as z.ZodObject<P>;
  const declared: Readonly<Record<number, Answer>> = answers;
  const querySchema = z.strictObject(query ?? {}) as z.ZodObject<Q>;
  return {
    ...facts,
    params: params ?? {},
    query: query ?? {},
    body,
    answers,
    async run(c, deps) {
      const caller = facts.access === "open" || facts.access === "tenant" ? callerOf(c, deps) : requireRole(c, deps, facts.access);
      c.set("caller", caller);
      const named = paramsSchema.safeParse(c.req.param());
      if (!named.success) throw new GatewayError(404, "invalid_request", "not_found", "There is nothing under this name");
      return await handle({
        params: named.data,
        query: readQuery(c, querySchema),
        body: await bodyOf(c, spec),
        caller,
        requestId: c.get("requestId"),
        c,
        answer: (status, ...parts) => respond(declared[Number(status)]!, Number(status), parts),
      }, deps);
    },
  };
}

async function bodyOf<B extends z.ZodType>(
  c: Context<AppEnv>,
  { body, ...spec }: Facts & { readonly body?: B },
): Promise<z.output<B>> {
  if (body === undefined) return z.undefined().parse(undefined) as z.output<B>;
  return await readJson(c, body, {
    types: spec.accepts ?? ["application/json"],
    mayBeEmpty: spec.emptyBody === true,
    maxBytes: spec.maxBodyBytes ?? MAX_BODY_BYTES,
  });
}

/** `parts` are those of `PartsOf`, in order. */
function respond(answer: Answer, status: number, parts: readonly unknown[]): Response {
  const [body, second, third] = parts;
  const headers = (given: unknown) => ({ "cache-control": "no-store", ...(typeof given === "object" ? given : {}) });
  if ("json" in answer) return Response.json(body, { status, headers: headers(second) });
  if ("empty" in answer) return new Response(null, { status, headers: headers(body) });
  if (typeof body !== "string" && !(body instanceof ReadableStream)) throw new TypeError("A text answer without a text");
  return new Response(body, { status, headers: { "content-type": String(second), ...headers(third) } });
}
