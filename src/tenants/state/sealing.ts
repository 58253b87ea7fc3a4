/**
 * Secrets of tenants in the database: sealed, each by itself, so that neither the file, its backups nor a copy of it tells them. What opens
 * them is a key in the environment, or for a file without one a key beside it that only its owner reads.
 */
import { randomBytes } from "node:crypto";
import { encrypter, isEncrypted } from "../../audit/encrypt.ts";
import { mapSecrets, MASK } from "../../config/mask.ts";
import { StoreError } from "../../store/errors.ts";
import { isObject, type Json } from "./merge_patch.ts";

type Config = { readonly [key: string]: Json };

export interface SealingOptions {
  /** 32 bytes in base64; wins over the file. */
  readonly key: string | undefined;
  /** Where the key is kept when there is none in the environment; made when first needed. Undefined for a remote store. */
  readonly keyFile: string | undefined;
}

/** Secrets cannot be kept: there is no key to seal them with. */
export class NoSealingKeyError extends Error {
  override readonly name = "NoSealingKeyError";
  constructor(readonly path: string) {
    super(
      `${path} holds a secret, and a remote store takes none without a key to seal it with; set CHECKSTREAM_STORE_KEY ` +
        "(openssl rand -base64 32), or name an environment variable with auth.token_env",
    );
  }
}

/** Before what is sealed, so that no text of anybody's is taken for it. */
const SEALED = "sealed:";

/** 32 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{43}=$/;

export class Sealing {
  #key: string | undefined;

  /** @throws {StoreError} for a key that is none. */
  constructor(readonly options: SealingOptions) {
    this.#key = options.key;
    if (options.key !== undefined && !KEY.test(options.key)) {
      throw new StoreError(
        "cannot_open",
        "CHECKSTREAM_STORE_KEY is not a key: expected 32 bytes in base64 (openssl rand -base64 32)",
      );
    }
  }

  /** The configuration as it is stored. @throws {NoSealingKeyError} */
  seal(tenant: string, config: Config): string {
    const sealed = mapTexts(config, (text, path, secret) => {
      if (!secret && !text.startsWith(SEALED)) return text;
      return SEALED + encrypter(this.#needKey(path), tenant).encrypt(text, path);
    });
    return JSON.stringify(sealed);
  }

  /** A stored configuration. @throws {StoreError} when it was sealed with another key. */
  open(tenant: string, stored: string): Config {
    const config: Config = JSON.parse(stored);
    if (!stored.includes(`"${SEALED}`)) return config;
    return mapTexts(config, (text, path) => {
      if (!text.startsWith(SEALED)) return text;
      const cipher = text.slice(SEALED.length);
      const key = this.#key ?? this.#readKey();
      const opened = key === undefined || !isEncrypted(cipher) ? null : encrypter(key, tenant).decrypt(cipher, path);
      if (opened !== null) return opened;
      throw new StoreError(
        "cannot_open",
        `The tenant store holds secrets of "${tenant}" that were sealed with another key: set CHECKSTREAM_STORE_KEY to it` +
          (this.options.keyFile === undefined ? "" : `, or put back ${this.options.keyFile}`),
      );
    });
  }

  #needKey(path: string): string {
    const key = this.#key ?? this.#readKey() ?? this.#makeKey();
    if (key === undefined) throw new NoSealingKeyError(path);
    return key;
  }

  #readKey(): string | undefined {
    const { keyFile } = this.options;
    if (keyFile === undefined) return undefined;
    try {
      const key = Deno.readTextFileSync(keyFile).trim();
      if (KEY.test(key)) return this.#key = key;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw new StoreError("cannot_open", `Cannot read the key of the tenant store, ${keyFile}: check its permissions`, { cause: error });
    }
    throw new StoreError("cannot_open", `${keyFile} holds no key: put back the one that sealed the tenants' secrets`);
  }

  #makeKey(): string | undefined {
    const { keyFile } = this.options;
    if (keyFile === undefined) return undefined;
    try {
      Deno.writeTextFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { createNew: true, mode: 0o600 });
    } catch (error) {
      // Another gateway on the same file was faster; its key is read below.
      if (!(error instanceof Deno.errors.AlreadyExists)) {
        throw new StoreError("read_only", `Cannot make the key of the tenant store, ${keyFile}: check its permissions`, { cause: error });
      }
    }
    return this.#readKey();
  }
}

/**
 * `next` with the masks that it was read with taken back: where a text is what a secret of `before` is shown as, it stays that secret.
 * What was read, edited and sent again then changes only what was edited.
 */
export function unmasked(next: Json, before: Config | undefined): Json {
  if (before === undefined || !isObject(next)) return next;
  const shown = new Map<string, { readonly masked: string; readonly text: string }>();
  mapSecrets(before, (text, path, masked) => {
    shown.set(path, { masked, text });
    return text;
  });
  return mapTexts(next, (text, path) => {
    const known = shown.get(path);
    return known?.masked === text ? known.text : text;
  });
}

/** Paths where a mask stands for nothing: it was never the secret. */
export function masksIn(config: Config): string[] {
  const found: string[] = [];
  mapTexts(config, (text, path) => {
    if (text === MASK || (/^[a-z]+:\/\//i.test(text) && text.includes(MASK))) found.push(path);
    return text;
  });
  return found;
}

/** A copy with every text replaced; `secret` tells those that are, or hold, one. */
function mapTexts(config: Config, replace: (text: string, path: string, secret: boolean) => string): Config {
  const secrets = new Set<string>();
  mapSecrets(config, (text, path) => {
    secrets.add(path);
    return text;
  });
  const walk = (value: Json, path: string): Json => {
    if (typeof value === "string") return replace(value, path, secrets.has(path));
    if (Array.isArray(value)) return value.map((each: Json, i) => walk(each, `${path}.${i}`));
    return isObject(value) ? mapObject(value, path) : value;
  };
  const mapObject = (value: Config, path: string): Config =>
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, path === "" ? key : `${path}.${key}`)]));
  return mapObject(config, "");
}
