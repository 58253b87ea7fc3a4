/** Serves operations: request ids, problems, methods that a path does not have, and one log line a call. */
import type { Context, Handler, Hono } from "hono";
import { randomUUID } from "node:crypto";
import { withoutKeys } from "../../tenants/resolve.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";
import { requireRole } from "./access.ts";
import type { Operation } from "./operation.ts";
import { answerProblem } from "./problem.ts";

/** Adds every operation to `app`, 405 for the methods that their paths do not have, and 404 for what else there might be under `/admin`. */
export function mount(app: Hono<AppEnv>, operations: readonly Operation[], deps: AppDeps): void {
  const methods = new Map<string, string[]>();
  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    methods.set(path, [...methods.get(path) ?? [], operation.method.toUpperCase()]);
    app.on(operation.method.toUpperCase(), path, answering(deps, (c) => operation.run(c, deps)));
  }
  for (const [path, known] of methods) {
    const allowed = (known.includes("GET") ? [...known, "HEAD"] : known).join(", ");
    app.all(
      path,
      answering(deps, () => {
        throw new GatewayError(405, "invalid_request", "method_not_allowed", `This path takes ${allowed}`, { headers: { Allow: allowed } });
      }),
    );
  }
}

/** 404 for whatever else is asked for, told only to those who may read at all. */
export function nothingElse(deps: AppDeps): Handler<AppEnv> {
  return answering(deps, (c) => {
    requireRole(c, deps, "viewer");
    throw new GatewayError(404, "invalid_request", "not_found", "There is nothing at this path; /admin/openapi.json lists what there is");
  });
}

/** Gives the request its id, turns what is thrown into a problem, and writes the call's line in the log. */
function answering(deps: AppDeps, work: (c: Context<AppEnv>) => Response | Promise<Response>): Handler<AppEnv> {
  return async (c) => {
    const requestId = randomUUID();
    c.set("requestId", requestId);
    let answer: Response;
    try {
      answer = await work(c);
    } catch (error) {
      answer = answerProblem(error, c, deps);
    }
    answer.headers.set("X-CheckStream-Request-Id", requestId);
    const { path, method } = c.req;
    // Health and metrics are asked all the time and change nothing.
    if (/^\/(admin|audit)(\/|$)/.test(path)) {
      const caller = c.get("caller")?.name;
      deps.log.info("admin request", {
        request_id: requestId,
        caller,
        method,
        path: withoutKeys(path.slice(0, 200)),
        status: answer.status,
      });
    }
    return answer;
  };
}
