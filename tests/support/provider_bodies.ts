/** Requests as the providers' APIs take them: what their documentation does not name is refused. */
import { z } from "zod";
import { brokenRules } from "./messages_rules.ts";

const anyObject = z.record(z.string(), z.unknown());
const said = z.string().refine((text) => text.trim() !== "", "text content blocks must be non-empty");

const text = z.strictObject({ type: z.literal("text"), text: said });
const image = z.strictObject({
  type: z.literal("image"),
  source: z.union([
    z.strictObject({
      type: z.literal("base64"),
      media_type: z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]),
      data: z.string(),
    }),
    z.strictObject({ type: z.literal("url"), url: z.string() }),
  ]),
});
const document = z.strictObject({
  type: z.literal("document"),
  source: z.union([
    z.strictObject({ type: z.literal("base64"), media_type: z.literal("application/pdf"), data: z.string() }),
    z.strictObject({ type: z.literal("text"), media_type: z.literal("text/plain"), data: z.string() }),
  ]),
  title: z.string().optional(),
});
const messagesBlock = z.discriminatedUnion("type", [
  text,
  image,
  document,
  z.strictObject({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: anyObject }),
  z.strictObject({
    type: z.literal("tool_result"),
    tool_use_id: z.string(),
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [text, image]))]).optional(),
    is_error: z.boolean().optional(),
  }),
]);

/** https://platform.claude.com/docs/en/api/messages/create */
export const messagesBody = z.strictObject({
  model: z.string(),
  max_tokens: z.int().min(1),
  messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.array(messagesBlock).min(1) })).min(1),
  system: z.array(text).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
  stop_sequences: z.array(said).optional(),
  stream: z.boolean().optional(),
  tools: z.array(z.strictObject({
    name: z.string(),
    description: z.string().optional(),
    input_schema: z.looseObject({ type: z.literal("object") }),
    strict: z.boolean().optional(),
  })).optional(),
  tool_choice: z.strictObject({
    type: z.enum(["auto", "any", "tool", "none"]),
    name: z.string().optional(),
    disable_parallel_tool_use: z.boolean().optional(),
  }).optional(),
  thinking: z.union([
    z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1024) }),
    z.strictObject({ type: z.enum(["adaptive", "disabled"]) }),
  ]).optional(),
  output_config: z.strictObject({
    effort: z.enum(["low", "medium", "high", "xhigh", "max"]).optional(),
    format: z.strictObject({ type: z.literal("json_schema"), schema: anyObject }).optional(),
  }).optional(),
  metadata: z.strictObject({ user_id: z.string() }).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
}).superRefine((body, context) => {
  const wrong = (message: string) => context.addIssue({ code: "custom", message });
  for (const rule of brokenRules(body)) wrong(rule);
  let open: string[] = [];
  for (const { content } of body.messages) {
    const results = content.flatMap((block) => block.type === "tool_result" ? [block.tool_use_id] : []);
    if (open.some((id) => !results.includes(id))) wrong("tool_use ids were found without tool_result blocks immediately after");
    if (results.some((id) => !open.includes(id))) wrong("unexpected tool_use_id found in tool_result blocks");
    open = content.flatMap((block) => block.type === "tool_use" ? [block.id] : []);
  }
});

const chatPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({
    type: z.literal("image_url"),
    image_url: z.strictObject({ url: z.string(), detail: z.enum(["auto", "low", "high"]).optional() }),
  }),
  z.strictObject({
    type: z.literal("file"),
    file: z.strictObject({ filename: z.string().optional(), file_data: z.string().optional(), file_id: z.string().optional() }),
  }),
]);
const chatMessage = z.discriminatedUnion("role", [
  z.strictObject({ role: z.enum(["system", "developer"]), content: z.string() }),
  z.strictObject({ role: z.literal("user"), content: z.union([z.string(), z.array(chatPart).min(1)]) }),
  z.strictObject({
    role: z.literal("assistant"),
    content: z.union([z.string(), z.null()]),
    tool_calls: z.array(z.discriminatedUnion("type", [
      z.strictObject({
        id: z.string(),
        type: z.literal("function"),
        function: z.strictObject({ name: z.string(), arguments: z.string() }),
      }),
      z.strictObject({ id: z.string(), type: z.literal("custom"), custom: z.strictObject({ name: z.string(), input: z.string() }) }),
    ])).optional(),
  }),
  z.strictObject({ role: z.literal("tool"), tool_call_id: z.string(), content: z.string() }),
]);

/** https://platform.openai.com/docs/api-reference/chat/create */
export const chatBody = z.strictObject({
  model: z.string(),
  messages: z.array(chatMessage).min(1),
  max_tokens: z.int().optional(),
  max_completion_tokens: z.int().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().optional(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
  tools: z.array(z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("function"),
      function: z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        parameters: anyObject.optional(),
        strict: z.boolean().optional(),
      }),
    }),
    z.strictObject({
      type: z.literal("custom"),
      custom: z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        format: z.discriminatedUnion("type", [
          z.strictObject({ type: z.literal("text") }),
          z.strictObject({
            type: z.literal("grammar"),
            grammar: z.strictObject({ syntax: z.enum(["lark", "regex"]), definition: z.string() }),
          }),
        ]).optional(),
      }),
    }),
  ])).optional(),
  tool_choice: z.union([
    z.enum(["auto", "none", "required"]),
    z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
    z.strictObject({ type: z.literal("custom"), custom: z.strictObject({ name: z.string() }) }),
  ]).optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).optional(),
  verbosity: z.enum(["low", "medium", "high"]).optional(),
  response_format: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("json_object") }),
    z.strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        schema: anyObject,
        strict: z.boolean().optional(),
      }),
    }),
  ]).optional(),
  user: z.string().optional(),
  safety_identifier: z.string().optional(),
  prompt_cache_key: z.string().optional(),
  service_tier: z.enum(["auto", "default", "flex", "priority"]).optional(),
}).superRefine((body, context) => {
  const wrong = (message: string) => context.addIssue({ code: "custom", message });
  if (body.stream_options !== undefined && body.stream !== true) wrong("stream_options: only with stream");
  if (body.tools === undefined && (body.tool_choice !== undefined || body.parallel_tool_calls !== undefined)) {
    wrong("tool_choice: only with tools");
  }
  let open: string[] = [];
  for (const message of body.messages) {
    if (message.role === "tool") {
      if (!open.includes(message.tool_call_id)) wrong("a message with role 'tool' must be a response to a preceding one with 'tool_calls'");
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) wrong("a message with 'tool_calls' must be followed by tool messages");
    open = message.role === "assistant" ? (message.tool_calls ?? []).map(({ id }) => id) : [];
  }
  if (open.length > 0) wrong("a message with 'tool_calls' must be followed by tool messages");
});

export type MessagesBody = z.output<typeof messagesBody>;
export type ChatBody = z.output<typeof chatBody>;
