/** A tenant's backend, put together from its targets; targets whose settings did not change are taken over from the backend before. */
import { send, type SendOptions } from "./send.ts";
import { type BackendDeps, Target, type TargetOptions } from "./target.ts";
import type { Backend } from "./types.ts";

export interface BackendOptions extends Omit<SendOptions, "tiers"> {
  /** The first choice: one target, or equals that calls are spread over. */
  readonly targets: readonly TargetOptions[];
  /** In order. */
  readonly fallbacks: readonly (TargetOptions & { readonly name: string })[];
}

/** @param before The tenant's backend until now. */
export function createBackend(options: BackendOptions, deps: BackendDeps, before?: Backend): Backend {
  const targets = new Map<string, Target>();
  const targetOf = (role: string, wanted: TargetOptions): Target => {
    const key = `${role} ${JSON.stringify(wanted)}`;
    const target = targets.get(key) ?? before?.targets.get(key) ?? new Target(wanted, deps);
    targets.set(key, target);
    return target;
  };
  const primary = options.targets.map((each) => targetOf("primary", each));
  const fallbacks = options.fallbacks.map(({ name, ...each }) => ({ name, targets: [targetOf(`fallback ${name}`, each)] }));
  for (const target of targets.values()) target.hold();
  const tiers = [{ name: "primary", targets: primary }, ...fallbacks];
  let open = true;
  return {
    url: options.targets[0]!.url,
    targets,
    send: (request, signal) => send(request, signal, { ...options, tiers }, deps),
    status: () => [
      ...primary.map((target) => target.status("primary")),
      ...fallbacks.flatMap((tier) => tier.targets.map((target) => target.status("fallback"))),
    ],
    close() {
      if (open) { for (const target of targets.values()) target.release(); }
      open = false;
      return Promise.resolve();
    },
  };
}
