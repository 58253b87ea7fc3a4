/** Source files for tests about the tree itself. */
export interface SourceFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file below `folder`. */
export async function walkFiles(folder: URL): Promise<SourceFile[]> {
  const root = new URL("../../", import.meta.url).pathname;
  const files: SourceFile[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) files.push(...await walkFiles(url));
    else if (entry.name.endsWith(".ts")) files.push({ path: url.pathname.slice(root.length), text: await Deno.readTextFile(url) });
  }
  return files;
}
