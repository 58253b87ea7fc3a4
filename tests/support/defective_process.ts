/** A program with two defects that nobody can catch; it says when it is past them. */
import net from "node:net";
import { surviveExceptions, surviveRejections } from "../../src/telemetry/defects.ts";
import { setUpLog } from "../../src/telemetry/log.ts";

const log = await setUpLog({ level: "info", format: "json", output: "stderr" });
surviveRejections(log);
surviveExceptions(log);
void Promise.reject(new Error("planted rejection"));
const server = net.createServer((socket) =>
  socket.on("data", () => {
    throw new Error("planted exception");
  })
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  net.connect(address.port, "127.0.0.1").write("x");
});
setTimeout(() => {
  throw new Error("planted in a timer");
}, 10);
// The timers and sockets of others go on.
const since = Date.now();
const watching = setInterval(() => {
  if (Date.now() - since < 300) return;
  clearInterval(watching);
  log.info("still here");
  void log.flush().then(() => Deno.exit(0));
}, 20);
