/** Exceptions and rejections that nobody can catch are logged and end nothing. */
import assert from "node:assert/strict";
import { fromFileUrl } from "../support/paths.ts";

Deno.test("a program survives what is thrown in timers, sockets and promises, and logs it", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fromFileUrl(new URL("../support/defective_process.ts", import.meta.url))],
  }).output();
  const said = new TextDecoder().decode(stderr);
  for (const what of ["planted rejection", "planted exception", "planted in a timer", "still here"]) assert.match(said, new RegExp(what));
  assert.equal(code, 0, said);
});
