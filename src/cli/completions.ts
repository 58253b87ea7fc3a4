/** `checkstream completions`: shell completions, made from the commands themselves. */
import { Argument, Command } from "commander";

/** A command as shells need it. */
interface Node {
  /** Words after `checkstream`, e.g. `policy test`; empty for the program. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly flags: readonly string[]; readonly description: string; readonly takesValue: boolean }[];
  /** What the first argument may be, when it is one of a few words. */
  readonly choices: readonly string[];
}

const SHELLS = { bash, zsh, fish } as const;

export function completionsCommand(): Command {
  return new Command("completions")
    .description("print completions for a shell")
    .addArgument(new Argument("<shell>", "which").choices(Object.keys(SHELLS)))
    .addHelpText(
      "after",
      `
Examples:
  checkstream completions bash > /etc/bash_completion.d/checkstream
  checkstream completions zsh > "\${fpath[1]}/_checkstream"
  checkstream completions fish > ~/.config/fish/completions/checkstream.fish`,
    )
    .action((shell: keyof typeof SHELLS, _flags: unknown, command: Command) => {
      console.log(SHELLS[shell](nodesOf(command.parent ?? command)));
    });
}

/** The program and every command below it, parents first. */
function nodesOf(command: Command, path = ""): Node[] {
  const node: Node = {
    path,
    description: command.description(),
    commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
    options: [
      ...command.options.map(({ short, long, description, required, optional }) => ({
        flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
        description,
        takesValue: required || optional,
      })),
      { flags: ["-h", "--help"], description: "display help", takesValue: false },
    ],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [node, ...command.commands.flatMap((each) => nodesOf(each, `${path} ${each.name()}`.trim()))];
}

function wordsOf({ commands, choices, options }: Node): string {
  return [...commands.map(({ name }) => name), ...choices, ...options.flatMap(({ flags }) => flags)].join(" ");
}

function bash(nodes: readonly Node[]): string {
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => JSON.stringify(path)).join("|");
  const valued = ({ options }: Node) => options.filter(({ takesValue }) => takesValue).flatMap(({ flags }) => flags).join(" ");
  const cases = nodes.map((node) => `    ${JSON.stringify(node.path)}) words="${wordsOf(node)}" valued="${valued(node)}" ;;`).join("\n");
  return `# bash completion for checkstream
_checkstream() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" next words valued i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
    ${paths}) path="$next" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  # The value of an option is most often a file.
  [[ " $valued " == *" \${COMP_WORDS[COMP_CWORD - 1]} "* ]] && COMPREPLY=() && return
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
# Where no word fits, files are offered.
complete -o default -o bashdefault -F _checkstream checkstream`;
}

function zsh(nodes: readonly Node[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const item = (name: string, description: string) => quoted(`${name.replaceAll(":", "\\:")}:${description}`);
  const cases = nodes.map((node) => {
    const items = [
      ...node.commands.map(({ name, description }) => item(name, description)),
      ...node.choices.map((choice) => item(choice, "")),
      ...node.options.flatMap(({ flags, description }) => flags.map((flag) => item(flag, description))),
    ];
    return `    ${quoted(node.path)}) items=(${items.join(" ")}) ;;`;
  }).join("\n");
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => quoted(path)).join("|");
  return `#compdef checkstream
_checkstream() {
  local at="" next i
  local -a items
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case "$next" in
    ${paths}) at="$next" ;;
    esac
  done
  case "$at" in
${cases}
  esac
  _describe 'checkstream' items
  _files
}
# Autoloaded from fpath, this file is the function's first call; sourced, it only registers it.
if [ "\${funcstack[1]}" = "_checkstream" ]; then _checkstream "$@"; else compdef _checkstream checkstream; fi`;
}

function fish(nodes: readonly Node[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = nodes.flatMap(({ path, commands, choices, options }) => {
    const seen = path.split(" ").filter((word) => word !== "").map((word) => `__fish_seen_subcommand_from ${word}`);
    const below = commands.map(({ name }) => name).join(" ");
    // Not once a command below this one is on the line.
    const when = [...seen, ...(below === "" ? [] : [`not __fish_seen_subcommand_from ${below}`])].join("; and ");
    const complete = `complete -c checkstream -n ${quoted(when === "" ? "true" : when)}`;
    return [
      ...commands.map(({ name, description }) => `${complete} -a ${name} -d ${quoted(description)}`),
      ...choices.map((choice) => `${complete} -a ${choice}`),
      ...options.map(({ flags, description, takesValue }) => {
        const names = flags.map((flag) => flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`).join(" ");
        return `${complete} ${names}${takesValue ? " -r" : ""} -d ${quoted(description)}`;
      }),
    ];
  });
  return ["# fish completion for checkstream", ...lines].join("\n");
}
