/** The clock, the dice and the tokens that calls to backends go by in a real process. */
import type { AssembleDeps } from "../tenants/assemble.ts";
import { processTokens } from "../upstream/auth.ts";

export function backendDeps(): AssembleDeps["upstream"] {
  return { tokens: processTokens(), now: () => performance.now(), random: Math.random, sleep };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
