/** `checkstream demo`: what it prints works when pasted into a shell. */
import assert from "node:assert/strict";
import { startGateway } from "../support/gateway.ts";
import { needs } from "../support/optional.ts";

async function paste(command: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command.replace("curl ", "curl -s ")] }).output();
  return new TextDecoder().decode(stdout);
}

function contentOf(stream: string): string {
  return stream.split("\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)))
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? "").join("");
}

Deno.test({
  name: "the demo's three curl lines show a redaction, a block and a tenant switch",
  ...needs("curl"),
  async fn() {
    await using gateway = await startGateway({ files: {}, args: ["demo", "--port", "0", "--pacing", "0", "--folder", "demo"] });
    await gateway.waitFor("Policies to play with");
    const commands = gateway.output().match(/^curl .*\\\n.*$/gm)!;
    assert.equal(commands.length, 3);

    const redacted = contentOf(await paste(commands[0]!));
    assert.match(redacted, /Her SSN is \[REDACTED\]/);
    for (const secret of ["123-45-6789", "4111", "ann.example@", "212-555"]) assert.ok(!redacted.includes(secret), redacted);

    const blocked = JSON.parse(await paste(commands[1]!));
    assert.equal(blocked.error.code, "POLICY_BLOCK");
    assert.equal(blocked.error.rule, "block_prompt_injection");

    const stopped = await paste(commands[2]!);
    assert.match(stopped, /"finish_reason":"content_filter"/);
    const elsewhere = await paste(commands[2]!.replace(/ -H 'X-Tenant-ID: [^']+'/, ""));
    assert.match(elsewhere, /"finish_reason":"stop"/);
    assert.match(contentOf(elsewhere), /ACME shares/);
  },
});
