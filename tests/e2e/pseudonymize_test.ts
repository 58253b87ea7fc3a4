/** A prompt's e-mail addresses never reach the backend, and the client reads them in the answer, however it is cut. */
import assert from "node:assert/strict";
import { startLlmGateway } from "../support/llm_gateway.ts";

const POLICY = `policies:
  - name: hide_addresses
    phase: ingress
    trigger: { classifier: pii_detector, entities: [email], threshold: 0.5 }
    action: pseudonymize
`;
const ADDRESSES = ["ann@example.org", "bob.smith@mail.example.com", "carla+x@example.net"];
const PROMPT = `Write to ${ADDRESSES.join(", ")} and to ${ADDRESSES[0]} again.`;
const ANSWER = "Sure: <EMAIL_2>, <EMAIL_1> <EMAIL_3>; not <EMAIL_4> or <EMAIL.";
const SHOWN = `Sure: ${ADDRESSES[1]}, ${ADDRESSES[0]} ${ADDRESSES[2]}; not <EMAIL_4> or <EMAIL.`;

const KEPT = "telemetry:\n  audit: { include: [input, output], durability: request }\n";

/** A backend that says `ANSWER`, as text or as arguments of a tool call, cut every `step` characters and the bytes every `step` too. */
function startBackend() {
  const bodies: string[] = [];
  let step = 1;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.text();
    bodies.push(body);
    const asked = JSON.parse(body);
    const args = JSON.stringify({ text: ANSWER });
    const call = (text: string) => ({ index: 0, id: "call_1", type: "function", function: { name: "send", arguments: text } });
    if (asked.stream !== true) {
      const message = asked.tools === undefined
        ? { role: "assistant", content: ANSWER }
        : { role: "assistant", content: null, tool_calls: [call(args)] };
      return Response.json({
        id: "1",
        object: "chat.completion",
        created: 1,
        model: "m",
        choices: [{ index: 0, message, finish_reason: "stop" }],
      });
    }
    const chunk = (delta: unknown, finish: string | null = null) =>
      `data: ${
        JSON.stringify({
          id: "1",
          object: "chat.completion.chunk",
          created: 1,
          model: "m",
          choices: [{ index: 0, delta, finish_reason: finish }],
        })
      }\n\n`;
    const source = asked.tools === undefined ? ANSWER : args;
    let stream = chunk({ role: "assistant" });
    for (let at = 0; at < source.length; at += step) {
      const piece = source.slice(at, at + step);
      stream += chunk(
        asked.tools === undefined
          ? { content: piece }
          : { tool_calls: [at === 0 ? call(piece) : { index: 0, function: { arguments: piece } }] },
      );
    }
    const bytes = new TextEncoder().encode(`${stream}${chunk({}, "stop")}data: [DONE]\n\n`);
    const size = 16 * step + 1;
    let at = 0;
    const pieces = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at += size));
      },
    });
    return new Response(pieces, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    bodies,
    cutEvery: (characters: number) => step = characters,
    close: () => server.shutdown(),
  };
}

/** What a client reads of a streamed or whole chat answer: its text and its tool arguments. */
async function read(response: Response): Promise<string> {
  const body = await response.text();
  if (!body.startsWith("data:")) {
    const { content, tool_calls } = JSON.parse(body).choices[0].message;
    return content ?? JSON.parse(tool_calls[0].function.arguments).text;
  }
  let content = "", args = "";
  for (const line of body.split("\n")) {
    if (!line.startsWith("data: {")) continue;
    const delta = JSON.parse(line.slice(6)).choices[0].delta;
    content += delta.content ?? "";
    args += delta.tool_calls?.[0].function.arguments ?? "";
  }
  return args === "" ? content : JSON.parse(args).text;
}

Deno.test("three addresses in a prompt are hidden from the backend and put back for the client", async (t) => {
  const backend = startBackend();
  await using gateway = await startLlmGateway({ backendUrl: backend.url, tenants: { acme: POLICY }, more: KEPT });
  const ask = (more: Record<string, unknown>) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: PROMPT }], ...more }),
    });
  const tools = [{ type: "function", function: { name: "send", parameters: { type: "object" } } }];
  const table: [string, Record<string, unknown>, number][] = [
    ["whole", {}, 1],
    ["whole tool arguments", { tools }, 1],
    ...[1, 2, 3, 5, 8, 13, 200].flatMap((step): [string, Record<string, unknown>, number][] => [
      [`streamed, cut every ${step}`, { stream: true }, step],
      [`streamed tool arguments, cut every ${step}`, { stream: true, tools }, step],
    ]),
  ];
  for (const [name, more, step] of table) {
    await t.step(name, async () => {
      backend.cutEvery(step);
      const response = await ask(more);
      assert.equal(response.headers.get("x-checkstream-decision"), "redact");
      assert.equal(await read(response), SHOWN);
      const sent = backend.bodies.at(-1)!;
      for (const address of ADDRESSES) assert.ok(!sent.includes(address), sent);
      assert.equal(JSON.parse(sent).messages[0].content, "Write to <EMAIL_1>, <EMAIL_2>, <EMAIL_3> and to <EMAIL_1> again.");
    });
  }
  await t.step("earlier turns of the chat are hidden too, and a placeholder the client wrote itself stays its own", async () => {
    backend.cutEvery(200);
    const messages = [
      { role: "system", content: `You serve ${ADDRESSES[0]}.` },
      { role: "user", content: `My address is ${ADDRESSES[0]}, not <EMAIL_1>.` },
      { role: "assistant", content: `Noted: ${ADDRESSES[0]}.` },
      { role: "user", content: "Thanks." },
    ];
    assert.equal(await read(await ask({ messages })), ANSWER.replace("<EMAIL_2>", ADDRESSES[0]!));
    const sent = JSON.parse(backend.bodies.at(-1)!);
    assert.deepEqual(sent.messages.map(({ content }: { content: string }) => content), [
      "You serve <EMAIL_2>.",
      "My address is <EMAIL_2>, not <EMAIL_1>.",
      "Noted: <EMAIL_2>.",
      "Thanks.",
    ]);
  });
  await t.step("the audit trail keeps the placeholders", async () => {
    const { records } = await (await fetch(`${gateway.url}/audit?tenant=acme&limit=100`)).json();
    assert.equal(records.length, table.length + 1);
    for (const { input, output } of records) {
      assert.match(input, /<EMAIL_2>/);
      if (output !== undefined) assert.match(output, /^(Sure|\{"text":"Sure): <EMAIL_2>/);
      for (const address of ADDRESSES) assert.ok(!`${input} ${output}`.includes(address), `${input} ${output}`);
    }
  });
  await backend.close();
});
