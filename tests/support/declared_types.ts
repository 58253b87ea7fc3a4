/**
 * Wire types as the official SDKs declare them: read from the declaration files of the installed packages, so that a list of event
 * types made from them is never older than the SDK that clients use.
 */

/** An interface: its members by name. */
export interface Declared {
  readonly members: ReadonlyMap<string, { readonly type: string; readonly optional: boolean }>;
}

const SCOPE = /^( *)(?:export )?(?:declare )?namespace (\w+) \{$/;
const INTERFACE = /^( *)(?:export )?interface (\w+)(?: extends ([\w.]+))? \{$/;
const ALIAS = /^( *)(?:export )?(?:declare )?type (\w+) = (.*);$/;
const MEMBER = /^( *)(\w+)(\?)?: (\{|Array<\{|.*(?=;$))/;

/** The declarations of one file. Types from other files are not followed. */
export class DeclaredTypes {
  readonly #interfaces = new Map<string, Declared>();
  readonly #aliases = new Map<string, string>();

  /** @param source the text of a declaration file as the SDKs' generator writes it: four spaces a level. */
  constructor(source: string) {
    const scopes: string[] = [];
    let open: { readonly depth: number; readonly members: Map<string, { type: string; optional: boolean }> } | undefined;
    for (const line of source.replace(/\/\*[\s\S]*?\*\//g, "").split("\n")) {
      const scope = SCOPE.exec(line), declared = INTERFACE.exec(line), alias = ALIAS.exec(line), member = MEMBER.exec(line);
      const depth = (line.length - line.trimStart().length) / 4;
      if (scope !== null) scopes.splice(depth, scopes.length, scope[2]!);
      else if (declared !== null) {
        // What it extends comes before it or in another file.
        const members = new Map(this.#interfaces.get(declared[3] ?? "")?.members);
        open = { depth, members };
        this.#interfaces.set([...scopes.slice(0, depth), declared[2]!].join("."), { members });
      } else if (alias !== null) this.#aliases.set([...scopes.slice(0, depth), alias[2]!].join("."), alias[3]!);
      else if (member !== null && open !== undefined && depth === open.depth + 1) {
        open.members.set(member[2]!, { type: member[4]!, optional: member[3] === "?" });
      }
    }
  }

  /** The declarations of a module of an installed package, e.g. `openai/resources/responses/responses`. */
  static async of(module: string): Promise<DeclaredTypes> {
    const file = new URL(import.meta.resolve(`${module}.mjs`).replace(/\.mjs$/, ".d.mts"));
    return new DeclaredTypes(await Deno.readTextFile(file));
  }

  /** @throws when it is not declared: the SDK has changed, and so must the test. */
  interfaceOf(name: string): Declared {
    const found = this.#interfaces.get(name);
    if (found === undefined) throw new Error(`Cannot find the interface ${name} in the SDK's declarations`);
    return found;
  }

  /** Literals and names of interfaces that a type expression is a union of; names are seen from `scope`. */
  alternatives(type: string, scope = ""): string[] {
    return type.split(" | ").flatMap((each) => {
      const plain = each.replace(/^Array<(.*)$/, "$1").replace(/>$/, "").replace(/^\w+API\./, "");
      if (!/^[A-Za-z_][\w.]*$/.test(plain) || plain === "null" || plain === "string") return plain === "null" ? [] : [plain];
      const name = this.#resolve(plain, scope);
      const alias = name === undefined ? undefined : this.#aliases.get(name);
      return alias === undefined ? [name ?? plain] : this.alternatives(alias, scopeOf(name!));
    });
  }

  /** The `type` of every interface that `type` is a union of. */
  typesIn(type: string, scope = ""): string[] {
    return this.alternatives(type, scope).flatMap((name) =>
      this.alternatives(this.interfaceOf(name).members.get("type")?.type ?? "undefined").map(unquoted)
    );
  }

  /** The interfaces that `type` is a union of, by their `type`. */
  byType(type: string, scope = ""): Map<string, Declared> {
    return new Map(
      this.alternatives(type, scope).flatMap((name) => {
        const declared = this.interfaceOf(name);
        return this.alternatives(declared.members.get("type")?.type ?? "undefined").map((each) => [unquoted(each), declared] as const);
      }),
    );
  }

  #resolve(name: string, scope: string): string | undefined {
    for (let at = scope;; at = scopeOf(at)) {
      const full = at === "" ? name : `${at}.${name}`;
      if (this.#interfaces.has(full) || this.#aliases.has(full)) return full;
      if (at === "") return undefined;
    }
  }
}

function scopeOf(name: string): string {
  return name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
}

/** The text of a string literal. */
export function unquoted(literal: string): string {
  return literal.replace(/^'(.*)'$/, "$1");
}
