/** The completions are scripts that shells run: bash does it here. */
import assert from "node:assert/strict";
import { needs } from "../support/optional.ts";
import { runCheckstream } from "../support/gateway.ts";

async function completions(shell: string): Promise<string> {
  const { code, stdout } = await runCheckstream(["completions", shell]);
  assert.equal(code, 0);
  return stdout;
}

/** What bash offers for the last of `words`. */
async function offered(script: string, words: readonly string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(" ");
  const { stdout, stderr, code } = await new Deno.Command("bash", {
    args: [
      "--norc",
      "-c",
      `${script}\nCOMP_WORDS=(checkstream ${line}); COMP_CWORD=${words.length}; _checkstream; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
}

Deno.test("bash completes commands, their commands, options and choices", needs("bash"), async () => {
  const script = await completions("bash");
  assert.deepEqual(await offered(script, ["po"]), ["policy"]);
  assert.deepEqual(await offered(script, ["policy", "t"]), ["test"]);
  assert.deepEqual(await offered(script, ["policy", "test", "--sp"]), ["--splits"]);
  assert.deepEqual(await offered(script, ["schema", "policy"]), ["policy", "policy-test"]);
  assert.deepEqual(await offered(script, ["completions", ""]), ["bash", "zsh", "fish", "-h", "--help"]);
  assert.deepEqual(await offered(script, ["serve", "--config", ""]), [], "a file, which bash completes by itself");
  assert.deepEqual(await offered(script, ["nonsense"]), []);
});

Deno.test("every shell is told of every command", async () => {
  const { stdout } = await runCheckstream(["--help"]);
  const commands = [...stdout.slice(stdout.indexOf("Commands:")).matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!);
  assert.ok(commands.includes("serve") && commands.includes("completions"), stdout);
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = await completions(shell);
    for (const command of commands) if (command !== "help") assert.match(script, new RegExp(`\\b${command}\\b`), shell);
  }
});

Deno.test("an unknown shell is wrong usage", async () => {
  const { code, stderr } = await runCheckstream(["completions", "tcsh"]);
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are bash, zsh, fish/);
});
