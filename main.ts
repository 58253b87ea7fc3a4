import { run } from "./src/cli/program.ts";

Deno.exitCode = await run(Deno.args);
