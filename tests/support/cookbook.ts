/** Reads docs/policy-cookbook.md: policies with examples of what they do. */

/** One exchange; keys are explained at the top of the cookbook. */
export type Example = Readonly<Record<string, string>>;

export interface Snippet {
  readonly title: string;
  /** A tenant id made from the title. */
  readonly id: string;
  readonly policy: string;
  /** Files the policy extends, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
}

export interface Cookbook {
  /** The configuration all examples share, YAML. */
  readonly config: string;
  readonly snippets: readonly Snippet[];
}

const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;

export function readCookbook(markdown: string): Cookbook {
  const [head, ...sections] = markdown.split(/^### /m);
  return {
    config: [...head!.matchAll(BLOCK)].find(([, language]) => language === "yaml")![2]!,
    snippets: sections.map((section) => {
      const title = section.slice(0, section.indexOf("\n"));
      const blocks = [...section.matchAll(BLOCK)].map(([, language, text]) => ({ language: language!, text: text! }));
      const files: Record<string, string> = {};
      let policy = "";
      for (const { language, text } of blocks) {
        if (language !== "yaml") continue;
        const name = /^# file: (\S+)\n/.exec(text)?.[1];
        if (name === undefined) policy = text;
        else files[name] = text;
      }
      const examples = blocks.filter(({ language }) => language === "text").flatMap(({ text }) => text.trim().split(/\n\n+/)).map(example);
      return { title, id: title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""), policy, files, examples };
    }),
  };
}

function example(text: string): Example {
  return Object.fromEntries(
    text.split("\n").map((line) => {
      const [, key, value] = /^(\w+):\s?(.*)$/.exec(line) ?? [];
      if (key === undefined) throw new Error(`Not "key: value" in the cookbook: ${line}`);
      return [key, /^".*"$/.test(value!) ? JSON.parse(value!) : value!];
    }),
  );
}
