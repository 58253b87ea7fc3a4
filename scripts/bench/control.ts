/**
 * A pass-through to compare the gateway with, a process of its own: `deno run -A scripts/bench/control.ts native|touch BACKEND`.
 * `native`: the body never enters JavaScript. `touch`: every read does, and nothing is done with it.
 */
const [kind, backend] = Deno.args;

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  const { pathname } = new URL(request.url);
  const answer = await fetch(`${backend}${pathname}`, { method: "POST", body: await request.text(), headers: request.headers });
  const body = kind === "touch"
    ? answer.body!.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({ transform: (bytes, controller) => controller.enqueue(bytes) }))
    : answer.body;
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
});
console.log(`listening on http://127.0.0.1:${server.addr.port}`);
