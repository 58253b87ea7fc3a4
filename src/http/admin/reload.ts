/** `POST /admin/reload`: loads configuration and policies anew. A 422 lists what does not validate; what that concerns stays as it was. */
import { Hono } from "hono";
import type { AppDeps, AppEnv } from "../deps.ts";

export function reload(deps: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/", async (c) => {
    const status = await deps.reload();
    if (!status.ok) return c.json({ status: "failed", errors: status.errors }, 422);
    const runtimes = [...deps.registry.current.runtimes.values()];
    return c.json({
      status: "reloaded",
      policies: [...new Set(runtimes.map(({ policy }) => policy.name))].sort(),
      classifiers: [...new Set(runtimes.flatMap(({ classifiers }) => classifiers.names))].sort(),
      version: deps.registry.current.version,
    });
  });
}
