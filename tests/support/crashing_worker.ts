/// <reference lib="deno.worker" />
/** The program's own worker, and what makes it die. */
import "../../src/http/serving_worker.ts";

setInterval(() => {
  try {
    Deno.removeSync(`crash-${self.name}`);
  } catch {
    return;
  }
  throw new Error("planted by a test");
}, 20);
