/** Which credential a backend gets. A gateway key is never among them. */
import { CREDENTIALS } from "./headers.ts";
import { BackendError } from "./types.ts";

export interface BackendAuth {
  readonly type: "bearer" | "header" | "none";
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  /** Header name for `type: header`. @default "x-api-key" */
  readonly header?: string;
}

export interface AuthOptions {
  readonly auth: BackendAuth | undefined;
  /** The client's own credential goes through whatever else is set. */
  readonly passthrough: boolean;
}

/** Where tokens come from; injected so that tests need no environment. */
export interface TokenSource {
  env(name: string): string | undefined;
  /** A small file's text, re-read when it changed. @throws when it cannot be read. */
  file(path: string): string;
}

/**
 * The credential headers of one call.
 * @param isGatewayKey tells the gateway's own keys, which never leave.
 * @throws {BackendError} `configuration` when the configured token is absent.
 */
export function credentialHeaders(
  options: AuthOptions,
  client: Headers,
  isGatewayKey: (credential: string) => boolean,
  tokens: TokenSource,
): Record<string, string> {
  const { auth, passthrough } = options;
  if (auth !== undefined && auth.type !== "none") {
    const token = tokenOf(auth, tokens);
    return auth.type === "bearer" ? { authorization: `Bearer ${token}` } : { [(auth.header ?? "x-api-key").toLowerCase()]: token };
  }
  if (auth?.type === "none" && !passthrough) return {};
  const out: Record<string, string> = {};
  for (const name of CREDENTIALS) {
    const value = client.get(name);
    if (value === null) continue;
    const credential = value.replace(/^bearer\s+/i, "").trim();
    if (!isGatewayKey(credential)) out[name] = value;
  }
  return out;
}

function tokenOf(auth: BackendAuth, tokens: TokenSource): string {
  const { tokenEnv, tokenFile } = auth;
  let token: string | undefined;
  if (tokenEnv !== undefined) token = tokens.env(tokenEnv);
  else if (tokenFile !== undefined) {
    try {
      token = tokens.file(tokenFile);
    } catch (error) {
      throw new BackendError("configuration", "The backend's token file cannot be read; see backend.auth.token_file", { cause: error });
    }
  }
  if (token === undefined || token.trim() === "") {
    const where = tokenEnv === undefined ? "auth.token_env or auth.token_file" : `environment variable ${tokenEnv}`;
    throw new BackendError("configuration", `No token for the backend; set ${where}`);
  }
  return token.trim();
}

/** Tokens from the process's environment and files. */
export function processTokens(): TokenSource {
  const files = new Map<string, { readonly modifiedMs: number; readonly text: string }>();
  return {
    env: (name) => Deno.env.get(name),
    file(path) {
      const modifiedMs = Deno.statSync(path).mtime?.getTime() ?? 0;
      const known = files.get(path);
      if (known !== undefined && known.modifiedMs === modifiedMs) return known.text;
      const text = Deno.readTextFileSync(path);
      files.set(path, { modifiedMs, text });
      return text;
    },
  };
}
