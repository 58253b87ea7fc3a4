/// <reference lib="deno.worker" />
/** A worker that answers `settle`, and hangs or dies at whatever else it is asked. */

/** As far as it is read here. */
interface Asked {
  readonly call: number;
  readonly request: { readonly op: string };
}

self.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  if (data.request.op === "settle") return self.postMessage({ kind: "answer", call: data.call, answer: null });
  if (data.request.op === "commit") throw new Error("died at commit");
  if (data.request.op === "discard") return self.postMessage({ kind: "failed", call: data.call, message: "cannot discard" });
  while (true);
});
