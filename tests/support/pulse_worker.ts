// The pulse's thread: a turn is over when what it wrote is on disk.
import { beat, PULSE_MS } from "./pulse.ts";

globalThis.addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const file = Deno.openSync(event.data, { create: true, write: true, truncate: true });
  const synced = Deno.openSync(`${event.data}-synced`, { create: true, write: true, truncate: true });
  const turn = async () => {
    synced.writeSync(new Uint8Array(1));
    await synced.syncData();
    beat(file);
    setTimeout(turn, PULSE_MS);
  };
  void turn();
}, { once: true });
