/** `POST /admin/reload`: loads configuration and policies anew. A 422 lists what does not validate; what that concerns stays as it was. */
import { z } from "zod";
import { operation } from "./operation.ts";
import { author } from "./state_calls.ts";
import { named } from "./shapes.ts";

const reloaded = named(
  "Reloaded",
  z.strictObject({
    status: z.literal("reloaded"),
    policies: z.array(z.string()).describe("Names of the policies that serve"),
    classifiers: z.array(z.string()).describe("Names of the classifiers that are loaded"),
    version: z.string().describe("Content hash of everything that is served"),
  }),
);
const failed = named(
  "ReloadFailed",
  z.strictObject({ status: z.literal("failed"), errors: z.array(z.string()).describe("`file:line:column: message`") }),
);

export const reloadOperation = operation({
  id: "reload",
  method: "post",
  path: "/admin/reload",
  tag: "operation",
  summary: "Load configuration and policies anew",
  description: "What does not validate changes nothing and the last good version serves on.",
  access: "operator",
  answers: {
    200: { description: "Everything is new", json: reloaded },
    422: { description: "What does not validate, with places", json: failed },
  },
  handle: async (call, { reload, registry, state }) => {
    const status = await reload();
    const { answer } = call;
    // A store that is down is no reason not to reload; the log line of the call says who asked.
    await state?.store.note({ author: author(call), action: "reload", target: "configuration", after: { ok: status.ok } }).catch(() => {});
    if (!status.ok) return answer(422, { status: "failed", errors: [...status.errors] });
    const runtimes = [...registry.current.runtimes.values()];
    return answer(200, {
      status: "reloaded",
      policies: [...new Set(runtimes.map(({ policy }) => policy.name))].sort(),
      classifiers: [...new Set(runtimes.flatMap(({ classifiers }) => classifiers.names))].sort(),
      version: registry.current.version,
    });
  },
});
