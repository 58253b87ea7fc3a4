/** A backend to be killed: `deno run -A mortal_backend.ts PORT`. Streams of some 300 ms, whole answers after some 100 ms. */
const encoder = new TextEncoder();
const event = (delta: object, finish: string | null = null) =>
  encoder.encode(`data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => console.log("listening") },
  async (request) => {
    const { stream } = await request.json();
    await pause(50 + Math.random() * 100);
    if (stream !== true) {
      return Response.json({
        id: "c",
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", content: "whole" } }],
      });
    }
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        // Headers go out before the first event, as from a model that thinks.
        await pause(Math.random() * 50);
        controller.enqueue(event({ role: "assistant", content: "" }));
        for (let i = 0; i < 10; i++) {
          await pause(20);
          controller.enqueue(event({ content: `word${i} ` }));
        }
        controller.enqueue(event({}, "stop"));
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  },
);
await server.finished;
