/** Which file a path leads to: another one may stand there after another process set a damaged trail aside, or somebody moved it. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** Null where nothing stands at `path`, or the system has no such numbers (Windows). */
export function identityOf(path: string): FileIdentity | null {
  try {
    const { dev, ino } = Deno.statSync(path);
    return ino === null ? null : { dev, ino };
  } catch {
    return null;
  }
}

export function isSameFile(a: FileIdentity | null, b: FileIdentity | null): boolean {
  return a !== null && b !== null && a.dev === b.dev && a.ino === b.ino;
}

/** The trail's file is not the one that is open. */
export class Moved extends Error {
  constructor(path: string) {
    super(`Another file stands at ${path} than the one in use`);
  }
}
