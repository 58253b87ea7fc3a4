/** The program, with a pulse in the folder it runs in. */
import { run } from "../../src/cli/program.ts";
import { startPulse } from "./pulse.ts";

startPulse(".");
Deno.exitCode = await run(Deno.args);
