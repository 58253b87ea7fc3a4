/**
 * Tells when watched files changed in content. Parents are watched, not files, so that atomic renames, editors' swap files, deletion and
 * re-creation and Kubernetes' `..data` symlink swaps are all seen; contents are compared, so a touch is no change.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";

export interface WatchOptions {
  /** Quiet time after the last event before contents are compared; milliseconds. @default 150 */
  readonly debounceMs?: number;
  /** Contents are compared this often even without events (network file systems send none); milliseconds. @default 5000 */
  readonly pollMs?: number;
}

/** Watches a changing set of files. */
export class FileWatcher {
  #hashes = new Map<string, string>();
  #watcher: Deno.FsWatcher | undefined;
  #folders = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #poll: ReturnType<typeof setInterval>;
  #closed = false;

  constructor(readonly onChange: (files: readonly string[]) => void, readonly options: WatchOptions = {}) {
    this.#poll = setInterval(() => this.#compare(), options.pollMs ?? 5000);
  }

  /** The files to watch from now on, absolute; their present contents count as known. */
  watch(files: readonly string[]): void {
    if (this.#closed) return;
    this.#hashes = new Map(files.map((file) => [file, hashOf(file)]));
    const folders = [...new Set(files.flatMap(foldersOf))].sort();
    if (folders.join("\n") === this.#folders) return;
    this.#folders = folders.join("\n");
    this.#watcher?.close();
    this.#watcher = undefined;
    if (folders.length > 0) this.#listen(folders);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    this.#watcher?.close();
  }

  #listen(folders: readonly string[]): void {
    let watcher: Deno.FsWatcher;
    try {
      watcher = Deno.watchFs([...folders], { recursive: false });
    } catch {
      // Out of inotify watches, or a folder that is gone: the poll still sees changes.
      return;
    }
    this.#watcher = watcher;
    void (async () => {
      for await (const event of watcher) {
        if (event.kind === "access") continue;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#compare(), this.options.debounceMs ?? 150);
      }
    })();
  }

  #compare(): void {
    if (this.#closed) return;
    const changed: string[] = [];
    for (const [file, before] of this.#hashes) {
      const now = hashOf(file);
      if (now === before) continue;
      this.#hashes.set(file, now);
      changed.push(file);
    }
    if (changed.length > 0) this.onChange(changed);
  }
}

/** The folder of a path and, for links, of what it points at, so that swapping either is seen. */
function foldersOf(file: string): string[] {
  const folders = [dirname(file)];
  try {
    folders.push(dirname(Deno.realPathSync(file)));
  } catch {
    // The file is gone for the moment.
  }
  return folders.filter((folder) => {
    try {
      return Deno.statSync(folder).isDirectory;
    } catch {
      return false;
    }
  });
}

function hashOf(file: string): string {
  try {
    return createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
  } catch {
    return "absent";
  }
}
