/** Which actions a rule has, whatever way they were written. */
import { suggest } from "../config/suggest.ts";
import type { Problem } from "../config/types.ts";
import type { YamlPath } from "../config/yaml_source.ts";
import { ACTIONS } from "./actions.ts";
import { REWRITING } from "./decision.ts";
import type { LoadedRule } from "./load.ts";
import { reporter } from "./report.ts";
import type { RawAction, RawRule } from "./schema.ts";
import { VARIABLES } from "./template.ts";

/** A rule's actions as written: named on the rule with options beside it, as an object, or as a list. */
export function readActions(rule: LoadedRule, problems: Map<string, Problem>): RawAction[] {
  const { raw } = rule;
  const report = reporter(rule, problems);
  if (raw.trigger === undefined && rule.mode !== "disabled") report([], "has no trigger");
  if (raw.action !== undefined && raw.actions !== undefined) report(["actions"], "says the same as action; keep one of them");
  const key = raw.action === undefined ? "actions" : "action";
  const listed = raw.action ?? raw.actions;
  if (listed === undefined) {
    if (rule.mode !== "disabled") report([], "has no action");
    return [];
  }
  const list = [listed].flat();
  const beside = besideOptions(raw);
  const used = new Set<string>();
  let rewriting: string | undefined;
  const actions = list.map((each, i): RawAction => {
    const given: RawAction = typeof each === "string" ? { type: each } : each;
    const { options, required } = ACTIONS[given.type];
    const inherited: Record<string, unknown> = {};
    for (const [option, value] of Object.entries(beside)) {
      if (!(options as readonly string[]).includes(option)) continue;
      used.add(option);
      inherited[option] = value;
    }
    const merged: RawAction = { ...inherited, ...given };
    const at: YamlPath = Array.isArray(listed) ? [key, i] : [key];
    if (REWRITING.includes(given.type)) {
      if (rewriting !== undefined) {
        report(at, `${rewriting} and ${given.type} both replace the same text; keep one of them`);
      }
      rewriting ??= given.type;
    }
    for (const option of Object.keys(given)) {
      if (option !== "type" && !(options as readonly string[]).includes(option)) {
        const meant = suggest(option, options);
        report([...at, option], `${given.type} takes no "${option}"; it takes ${options.join(", ") || "no options"}`, {
          key: true,
          ...(meant !== undefined && { suggestion: meant }),
        });
      }
    }
    for (const option of ["message", "content"] as const) {
      checkVariables(merged[option], [...at, option], given[option] !== undefined, report);
    }
    for (const option of ["payload", "metadata"] as const) {
      for (const [field, text] of Object.entries(merged[option] ?? {})) {
        if (typeof text === "string") checkVariables(text, [...at, option, field], given[option] !== undefined, report);
      }
    }
    for (const option of required) if (merged[option] === undefined) report(at, `${given.type} needs "${option}"`);
    if (merged.preserve_length === true && merged.scope === "all") {
      report([...at, "preserve_length"], "cannot be kept with scope all, whose extent is not known in advance");
    }
    return merged;
  });
  for (const option of Object.keys(beside)) {
    if (!used.has(option) && option !== "regulation" && option !== "message") {
      report(
        [option],
        `is used by none of the rule's actions (${list.map((each) => typeof each === "string" ? each : each.type).join(", ")})`,
        { key: true },
      );
    }
  }
  return actions;
}

/** Options on the rule itself and in `options:`. */
function besideOptions(raw: RawRule): Record<string, unknown> {
  const {
    name: _n,
    description: _d,
    enabled: _e,
    phase: _p,
    mode: _m,
    priority: _pr,
    trigger: _t,
    action: _a,
    actions: _as,
    options,
    tags: _tags,
    continue: _c,
    ...beside
  } = raw;
  return Object.fromEntries(Object.entries({ ...beside, ...options }).filter(([, value]) => value !== undefined));
}

/** Options whose texts are filled in. */
const TEMPLATES: ReadonlySet<string | number> = new Set(["message", "content", "payload", "metadata"]);

/** `${tenat}` would be shown as it stands: told when it looks like a variable that exists. */
function checkVariables(text: string | undefined, path: YamlPath, own: boolean, report: ReturnType<typeof reporter>): void {
  for (const [whole, name] of text?.matchAll(/\$\{([a-z_]+)\}/g) ?? []) {
    if (VARIABLES.some((known) => known === name)) continue;
    const meant = suggest(name!, VARIABLES);
    if (meant === undefined) continue;
    report(own ? path : path.slice(path.findIndex((step) => TEMPLATES.has(step))), `${whole} is no variable and stays as it is written`, {
      suggestion: `\${${meant}}`,
      warning: true,
    });
  }
}
