import assert from "node:assert/strict";
import { channelFilter } from "../../src/http/guarding.ts";
import type { Channel } from "../../src/formats/types.ts";

Deno.test("pipeline.midstream.channels covers texts beside the answer with the channel that they belong to", () => {
  const channels: Channel[] = [
    "content",
    "reasoning",
    "refusal",
    "tool:3",
    "other:tool:3 action.query",
    "other:reasoning",
    "other:citations",
    "extra:musing",
  ];
  const covered = (...names: string[]) => channels.filter(channelFilter(names)).join(", ");
  assert.equal(covered("content"), "content, other:citations, extra:musing");
  assert.equal(covered("reasoning"), "reasoning, other:reasoning");
  assert.equal(covered("refusal"), "refusal");
  assert.equal(covered("tools"), "tool:3, other:tool:3 action.query");
  assert.equal(covered("content", "reasoning", "refusal", "tools"), channels.join(", "));
});
