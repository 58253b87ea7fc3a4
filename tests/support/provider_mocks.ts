/**
 * Two providers that are as strict as the real ones: they refuse what their API does not know, calls without results, and turns out of order
 * (`provider_bodies.ts`). What they answer depends on the last thing the user said.
 */
import assert from "node:assert/strict";
import type { z } from "zod";
import { type ChatBody, chatBody, type MessagesBody, messagesBody } from "./provider_bodies.ts";

interface Call {
  readonly name: string;
  /** Text where it is a custom tool's, which only OpenAI has. */
  readonly input: Readonly<Record<string, unknown>> | string;
}

interface Scenario {
  readonly reasoning?: string;
  readonly text?: string;
  readonly calls?: readonly Call[];
  readonly cutOff?: "breaks" | "errors" | "hangs";
  /** Why it ends, unless it is said or has called. */
  readonly ends?: "limit" | "refusal";
}

/** By a word of the user's last message. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  plain: { text: "Hello from the model." },
  think: { reasoning: "They want a thought.", text: "Here it is." },
  personal: { text: "Her SSN is 123-45-6789, write to ann@example.org today." },
  insult: { text: "You are a worthless person and more." },
  weather: {
    text: "Looking.",
    calls: [{ name: "get_weather", input: { city: "Oslo" } }, { name: "get_weather", input: { city: "Rome" } }],
  },
  save: { calls: [{ name: "save_note", input: { note: "Ask ann@example.org about it" } }] },
  query: { calls: [{ name: "sql", input: "select * from people where mail = 'ann@example.org'" }] },
  city: { text: '{"city":"Oslo","mail":"ann@example.org"}' },
  breaks: { text: "This will not", cutOff: "breaks" },
  errors: { text: "This will not", cutOff: "errors" },
  hangs: { text: "This goes on and on and on and on, until somebody leaves.", cutOff: "hangs" },
  limit: { text: '{"city":"Os', ends: "limit" },
  town: { text: '{"city":"A worthless town","mail":""}' },
  refuse: { ends: "refusal" },
};

export interface ProviderMock<Body> extends AsyncDisposable {
  readonly url: string;
  /** Bodies taken, oldest first. */
  readonly bodies: readonly Body[];
  /** A client left a stream that hangs. */
  readonly left: Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

/** How one provider speaks. */
interface Provider<Body> {
  readonly path: string;
  /** Where it names the request. */
  readonly idHeader: string;
  readonly body: z.ZodType<Body>;
  /** What is missing from the headers. */
  readonly unauthorized: (headers: Headers) => string | undefined;
  /** The last question, and the results of the calls when those came after it. */
  readonly asked: (body: Body) => { readonly question: string; readonly results: readonly string[]; readonly formatted: boolean };
  readonly streams: (body: Body) => boolean;
  readonly whole: (scenario: Scenario, body: Body) => Json;
  /** Events; text is sent as it stands. */
  readonly events: (scenario: Scenario, body: Body) => readonly (Json | string)[];
  readonly problem: (status: number, message: string) => Json;
}

class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Anthropic's messages API. */
export function startAnthropicMock(): ProviderMock<MessagesBody> {
  return serve(ANTHROPIC);
}

/** OpenAI's chat completions API. */
export function startOpenAiMock(): ProviderMock<ChatBody> {
  return serve(OPENAI);
}

function serve<Body>(provider: Provider<Body>): ProviderMock<Body> {
  const bodies: Body[] = [];
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    try {
      if (new URL(request.url).pathname !== provider.path) throw new Refused(404, `There is no ${new URL(request.url).pathname}`);
      const missing = provider.unauthorized(request.headers);
      if (missing !== undefined) throw new Refused(401, missing);
      const parsed = provider.body.safeParse(await request.json());
      if (!parsed.success) {
        throw new Refused(
          400,
          parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
        );
      }
      bodies.push(parsed.data);
      const { question, results, formatted } = provider.asked(parsed.data);
      const scenario = scenarioOf(question, results);
      if (scenario.text?.startsWith("{") && !formatted) throw new Refused(400, "This scenario needs a JSON schema");
      const headers = { [provider.idHeader]: "provider-id" };
      if (!provider.streams(parsed.data)) return Response.json(provider.whole(scenario, parsed.data), { headers });
      return new Response(streamOf(provider.events(scenario, parsed.data), scenario.cutOff, leave), {
        headers: { ...headers, "content-type": "text/event-stream" },
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const headers: HeadersInit = error.status === 429 ? { "retry-after": "7" } : {};
      return Response.json(provider.problem(error.status, error.message), { status: error.status, headers });
    }
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, bodies, left, [Symbol.asyncDispose]: () => server.shutdown() };
}

function scenarioOf(question: string, results: readonly string[]): Scenario {
  if (results.length > 0) return { text: `The tools said: ${results.join(" and ")}.` };
  const status = /status (\d{3})/.exec(question)?.[1];
  if (status !== undefined) throw new Refused(Number(status), `Said ${status}`);
  const found = Object.entries(SCENARIOS).find(([word]) => question.includes(word));
  assert.ok(found !== undefined, `no scenario for "${question}"`);
  return found[1];
}

/** Written in small pieces, so that texts and arguments are cut anywhere. */
function streamOf(events: readonly (Json | string)[], cutOff: Scenario["cutOff"], cancel: () => void): ReadableStream<Uint8Array> {
  const text = events.map((event) => {
    if (typeof event === "string") return `data: ${event}\n\n`;
    return `${typeof event.type === "string" ? `event: ${event.type}\n` : ""}data: ${JSON.stringify(event)}\n\n`;
  }).join("");
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < text.length; at += 37) controller.enqueue(new TextEncoder().encode(text.slice(at, at + 37)));
      // The connection ends without the end of its chunks.
      if (cutOff === "breaks") controller.error(new Error("The mock breaks off this stream on purpose"));
      else if (cutOff !== "hangs") controller.close();
    },
    cancel,
  });
}

const pieces = (text: string) => text.match(/.{1,5}/gs) ?? [];

const ANTHROPIC_ERRORS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};
const ANTHROPIC_USAGE = { input_tokens: 11, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 7 };

const textOfBlocks = (blocks: MessagesBody["messages"][number]["content"]) =>
  blocks.flatMap((block) => block.type === "text" ? [block.text] : []).join(" ");

const ANTHROPIC: Provider<MessagesBody> = {
  path: "/v1/messages",
  idHeader: "request-id",
  body: messagesBody,
  unauthorized: (headers) => ["x-api-key", "anthropic-version"].find((name) => !headers.has(name)),
  asked({ messages, output_config }) {
    const question = messages.findLast(({ role, content }) => role === "user" && textOfBlocks(content) !== "");
    const results = messages.at(-1)!.content.flatMap((block) => {
      if (block.type !== "tool_result") return [];
      return [typeof block.content === "string" ? block.content : textOfBlocks(block.content ?? [])];
    });
    return { question: textOfBlocks(question?.content ?? []), results, formatted: output_config?.format !== undefined };
  },
  streams: ({ stream }) => stream === true,
  whole: (scenario, { model }) => ({
    ...anthropicHead(model),
    content: anthropicBlocks(scenario),
    ...anthropicEnd(scenario),
    usage: ANTHROPIC_USAGE,
  }),
  events(scenario, { model }) {
    const head = anthropicHead(model);
    const blocks = anthropicBlocks(scenario);
    return [
      {
        type: "message_start",
        message: { ...head, content: [], stop_reason: null, usage: { ...ANTHROPIC_USAGE, output_tokens: 1 } },
      },
      { type: "ping" },
      ...blocks.flatMap((block, index) => [
        { type: "content_block_start", index, content_block: emptied(block) },
        ...deltasOf(block).map((delta) => ({ type: "content_block_delta", index, delta })),
        ...(scenario.cutOff === undefined ? [{ type: "content_block_stop", index }] : []),
      ]),
      ...(scenario.cutOff === "errors" ? [{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }] : []),
      ...(scenario.cutOff === undefined
        ? [
          {
            type: "message_delta",
            delta: { ...anthropicEnd(scenario), stop_sequence: null },
            usage: { output_tokens: 7 },
          },
          { type: "message_stop" },
        ]
        : []),
    ];
  },
  problem: (status, message) => ({ type: "error", error: { type: ANTHROPIC_ERRORS[status] ?? "invalid_request_error", message } }),
};

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
function anthropicEnd({ calls, ends }: Scenario): Json {
  if (ends === "limit") return { stop_reason: "max_tokens" };
  if (ends === undefined) return { stop_reason: calls === undefined ? "end_turn" : "tool_use" };
  return { stop_reason: "refusal", stop_details: { type: "refusal", category: "cyber", explanation: REFUSAL } };
}

const REFUSAL = "This request was declined because it could enable cyber harm.";

/** Ids are unique, as at the providers: SDKs check that. */
let answers = 0;

const anthropicHead = (model: string) => ({ id: `msg_${++answers}`, type: "message", role: "assistant", model, stop_sequence: null });

type Block =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: Json };

function anthropicBlocks({ reasoning, text, calls = [] }: Scenario): readonly Block[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: "thinking" as const, thinking: reasoning, signature: "c2lnbmVk" }]),
    ...(text === undefined ? [] : [{ type: "text" as const, text }]),
    ...calls.map(({ name, input }, n) => {
      assert.ok(typeof input !== "string", "the messages API has no custom tools");
      return { type: "tool_use" as const, id: `toolu_${answers}_${n + 1}`, name, input };
    }),
  ];
}

function emptied(block: Block): Json {
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  return block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
}

function deltasOf(block: Block): readonly Json[] {
  switch (block.type) {
    case "thinking":
      return [
        ...pieces(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "text":
      return pieces(block.text).map((text) => ({ type: "text_delta", text }));
    case "tool_use":
      return pieces(JSON.stringify(block.input)).map((partial_json) => ({ type: "input_json_delta", partial_json }));
  }
}

const OPENAI_USAGE = { prompt_tokens: 15, completion_tokens: 7, total_tokens: 22, prompt_tokens_details: { cached_tokens: 4 } };

const OPENAI: Provider<ChatBody> = {
  path: "/v1/chat/completions",
  idHeader: "x-request-id",
  body: chatBody,
  unauthorized: (headers) => /^Bearer ./.test(headers.get("authorization") ?? "") ? undefined : "authorization",
  asked({ messages, response_format }) {
    const question = messages.findLast(({ role }) => role === "user");
    const after = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
    return {
      question: typeof question?.content === "string"
        ? question.content
        : (question?.content ?? []).flatMap((part) => part.type === "text" ? [part.text] : []).join(" "),
      results: after.flatMap((message) => message.role === "tool" ? [message.content] : []),
      formatted: response_format !== undefined,
    };
  },
  streams: ({ stream }) => stream === true,
  whole({ reasoning, text, calls, ends }, { model }) {
    answers++;
    const message = {
      role: "assistant",
      content: text ?? null,
      refusal: ends === "refusal" ? REFUSAL : null,
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(calls !== undefined && { tool_calls: openAiCalls(calls) }),
    };
    const choice = { index: 0, message, logprobs: null, finish_reason: openAiEnd(calls, ends) };
    return { id: `chatcmpl-${answers}`, object: "chat.completion", created: 1, model, choices: [choice], usage: OPENAI_USAGE };
  },
  events({ reasoning = "", text = "", calls, cutOff, ends }, { model, stream_options }) {
    const head = { id: `chatcmpl-${++answers}`, object: "chat.completion.chunk", created: 1, model };
    const chunk = (delta: Json, finish_reason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    });
    const usage = stream_options?.include_usage === true ? [{ ...head, choices: [], usage: OPENAI_USAGE }] : [];
    return [
      chunk({ role: "assistant", content: "" }),
      ...pieces(reasoning).map((reasoning_content) => chunk({ reasoning_content })),
      ...pieces(text).map((content) => chunk({ content })),
      ...openAiCalls(calls).flatMap((call, index) =>
        call.type === "custom"
          ? [
            chunk({ tool_calls: [{ index, ...call, custom: { ...call.custom, input: "" } }] }),
            ...pieces(call.custom.input).map((part) => chunk({ tool_calls: [{ index, custom: { input: part } }] })),
          ]
          : [
            chunk({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: "" } }] }),
            ...pieces(call.function.arguments).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
          ]
      ),
      ...(ends === "refusal" ? [chunk({ refusal: REFUSAL })] : []),
      ...(cutOff === "errors" ? [{ error: { message: "Overloaded", type: "server_error", param: null, code: null } }] : []),
      ...(cutOff === undefined ? [chunk({}, openAiEnd(calls, ends)), ...usage, "[DONE]"] : []),
    ];
  },
  problem: (status, message) => ({
    error: { message, type: "invalid_request_error", param: null, code: status === 429 ? "rate_limit_exceeded" : null },
  }),
};

const openAiEnd = (calls: Scenario["calls"], ends: Scenario["ends"]) =>
  ends === "limit" ? "length" : calls === undefined ? "stop" : "tool_calls";

const openAiCalls = (calls: readonly Call[] = []) =>
  calls.map(({ name, input }, n) => {
    const id = `call_${answers}_${n + 1}`;
    return typeof input === "string"
      ? { id, type: "custom" as const, custom: { name, input } }
      : { id, type: "function" as const, function: { name, arguments: JSON.stringify(input) } };
  });
