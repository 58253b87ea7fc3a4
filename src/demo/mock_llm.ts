/**
 * A built-in mock LLM that speaks OpenAI chat, completions, responses and embeddings, and Anthropic messages, streamed and not, with
 * token-like pacing. It is what `checkstream demo` runs against, and the one thing that tests fake.
 */
import { answerTo, tokensOf } from "./answers.ts";
import { anthropicMessage, anthropicStream } from "./mock_anthropic.ts";
import { chatCompletion, chatStream, completion, completionStream, responsesAnswer, responsesStream } from "./mock_openai.ts";

export interface MockLlmOptions {
  readonly hostname?: string;
  /** 0 = any free port. */
  readonly port?: number;
  /** Between two tokens of a stream; milliseconds. @default 15 */
  readonly pacingMs?: number;
}

/** A request the mock received. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface MockLlm {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string;
  /** The last requests, oldest first; at most 1,000. */
  readonly requests: readonly SeenRequest[];
  /** Streams whose client left before their end. */
  readonly cancelled: number;
  close(): Promise<void>;
}

/** What an answer is made from. */
export interface Prompt {
  readonly model: string;
  readonly question: string;
  readonly tokens: readonly string[];
  readonly promptTokens: number;
  readonly choices: number;
  readonly includeUsage: boolean;
}

/** Starts the mock on loopback. */
export function startMockLlm({ hostname = "127.0.0.1", port = 0, pacingMs = 15 }: MockLlmOptions = {}): MockLlm {
  const requests: SeenRequest[] = [];
  let cancelled = 0;
  const streamed = (events: Iterable<string>) =>
    new Response(paced(events, pacingMs, () => cancelled++), { headers: { "content-type": "text/event-stream" } });

  const server = Deno.serve({ hostname, port, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname;
    const body = await request.text();
    requests.push({ method: request.method, path, headers: request.headers, body });
    if (requests.length > 1000) requests.shift();
    if (request.method === "GET" && path === "/v1/models") {
      return Response.json({ object: "list", data: [{ id: "demo", object: "model", owned_by: "checkstream" }] });
    }
    const asked = parse(body);
    if (asked === undefined) return openAiError(request.method === "POST" ? 400 : 404, `Nothing here for ${request.method} ${path}`);
    const stream = asked.stream === true;
    const prompt = promptOf(asked);
    switch (path) {
      case "/v1/chat/completions":
        return stream ? streamed(chatStream(prompt)) : Response.json(chatCompletion(prompt));
      case "/v1/completions":
        return stream ? streamed(completionStream(prompt)) : Response.json(completion(prompt));
      case "/v1/responses":
        return stream ? streamed(responsesStream(prompt)) : Response.json(responsesAnswer(prompt));
      case "/v1/messages":
        return stream ? streamed(anthropicStream(prompt)) : Response.json(anthropicMessage(prompt));
      case "/v1/embeddings":
        return Response.json({
          object: "list",
          model: prompt.model,
          data: [{ object: "embedding", index: 0, embedding: [0.1, 0.2, 0.3] }],
          usage: { prompt_tokens: prompt.promptTokens, total_tokens: prompt.promptTokens },
        });
      default:
        return openAiError(404, `Unknown path ${path}`);
    }
  });
  return {
    url: `http://${hostname}:${(server.addr as Deno.NetAddr).port}`,
    requests,
    get cancelled() {
      return cancelled;
    },
    close: () => server.shutdown(),
  };
}

function openAiError(status: number, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error", param: null, code: null } }, { status });
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function promptOf(asked: Record<string, unknown>): Prompt {
  const question = lastUserText(asked.messages ?? asked.input ?? asked.prompt);
  const options = asked.stream_options;
  return {
    model: typeof asked.model === "string" ? asked.model : "demo",
    question,
    tokens: tokensOf(answerTo(question)),
    promptTokens: Math.ceil(JSON.stringify(asked.messages ?? asked.input ?? asked.prompt ?? "").length / 4),
    choices: typeof asked.n === "number" ? asked.n : 1,
    includeUsage: typeof options === "object" && options !== null && "include_usage" in options && options.include_usage === true,
  };
}

/** The text of the last message with the role `user`, whatever shape it has. */
function lastUserText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  const messages = value.filter((item) =>
    typeof item === "string" || (typeof item === "object" && item !== null && (!("role" in item) || item.role === "user"))
  );
  const last: unknown = messages.at(-1);
  return typeof last === "string" ? last : textIn(typeof last === "object" && last !== null && "content" in last ? last.content : last);
}

function textIn(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(textIn).join(" ");
  return typeof content === "object" && content !== null && "text" in content && typeof content.text === "string" ? content.text : "";
}

/** Sends one event per `pacingMs`; stops at once when the client leaves. */
function paced(events: Iterable<string>, pacingMs: number, onCancel: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = events[Symbol.iterator]();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    pull(controller) {
      return new Promise((resolve) => {
        const next = () => {
          const { value, done } = iterator.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
          resolve();
        };
        if (pacingMs === 0) next();
        else timer = setTimeout(next, pacingMs);
      });
    },
    cancel() {
      clearTimeout(timer);
      onCancel();
    },
  });
}
