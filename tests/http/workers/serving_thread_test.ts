/** One worker as the control plane sees it: answers, refusals, deaths and hanging. */
import assert from "node:assert/strict";
import { ServingThread, ThreadEndedError } from "../../../src/http/workers/serving_thread.ts";

function start(): { thread: ServingThread; ends: string[] } {
  const ends: string[] = [];
  const thread = new ServingThread(7, {
    spawn: (name) => new Worker(new URL("./hanging_thread.ts", import.meta.url), { type: "module", name }),
    onTold: () => {},
    onEnd: (why) => ends.push(why.message),
  });
  return { thread, ends };
}

Deno.test("a worker answers what it is asked, and says why it cannot", async () => {
  const { thread, ends } = start();
  assert.equal(await thread.ask({ op: "settle" }, 30_000), null);
  await assert.rejects(thread.ask({ op: "discard" }, 30_000), /^Error: cannot discard$/);
  assert.equal(await thread.ask({ op: "settle" }, 30_000), null);
  thread.terminate();
  // It was told to end, so nobody needs to take its place.
  assert.deepEqual(ends, []);
  await assert.rejects(thread.ask({ op: "settle" }, 30_000), ThreadEndedError);
});

Deno.test("a worker that dies fails everything it was asked, and is reported once", async () => {
  const { thread, ends } = start();
  await thread.ask({ op: "settle" }, 30_000);
  const asked = [thread.ask({ op: "commit" }, 30_000), thread.ask({ op: "settle" }, 30_000)];
  for (const each of await Promise.allSettled(asked)) {
    assert.ok(each.status === "rejected" && each.reason instanceof ThreadEndedError);
    assert.match(each.reason.message, /died at commit/);
  }
  assert.equal(ends.length, 1);
});

Deno.test("a worker that hangs is ended when its answer is overdue", async () => {
  const { thread, ends } = start();
  await thread.ask({ op: "settle" }, 30_000);
  await assert.rejects(
    thread.ask({
      op: "prepare",
      recipe: {
        common: { resolution: [], defaultTenant: undefined, mappedKeys: new Map(), unserved: new Map() },
        ids: [],
        tenants: new Map(),
        version: "",
      },
    }, 200),
    /no answer to "prepare" for 200 ms/,
  );
  assert.deepEqual(ends, ['no answer to "prepare" for 200 ms']);
});
