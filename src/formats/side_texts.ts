/**
 * Texts beside the answer's own: titles, addresses and quotations of sources, results of tools that ran at the backend, members that a
 * backend adds to the API. Each is a text of its own, complete where it stands.
 */
import type { JsonPath } from "./json_nodes.ts";
import { isObject } from "./json_value.ts";
import { type Slot, textSlot } from "./slots.ts";

/**
 * Members whose strings are no text: kinds, states and names of things, what is sealed or base64. Whatever else there is, is guarded, so
 * that a member to come does not pass unseen. `logprobs` go with the text they belong to.
 */
const LABELS = new Set(
  ("type,id,object,role,status,name,model,format,media_type,file_type,signature,data,b64_json,logprobs,stop_reason,error_code,retrieved_at," +
    "server_name,server_label,mcp_server_name,tool_name,toolset_name,phase,fingerprint,namespace,execution,created_by,detail,quality,size," +
    "background,output_format,obfuscation,partial_image_b64").split(","),
);

const DATA_URL = /^data:[\w.+-]+\/[\w.+-]+[;,]/;

/** A string at this key is no text. */
export function isLabel(key: string, text: string): boolean {
  return LABELS.has(key) || key.endsWith("_id") || key.startsWith("encrypted_") || DATA_URL.test(text);
}

/** One text, and where it stands. */
export interface SideText {
  readonly text: string;
  readonly path: JsonPath;
}

/** Every text in `value`, which stands at `path`; with `numbers` they count as text, too (tool arguments). */
export function sideTexts(value: unknown, path: JsonPath, numbers = false): SideText[] {
  const texts: SideText[] = [];
  const collect = (inner: unknown, at: JsonPath, key: string, isPlain: boolean) => {
    if (typeof inner === "string") {
      if (inner !== "" && (!isLabel(key, inner) || (isPlain && key === "data"))) texts.push({ text: inner, path: at });
    } else if (typeof inner === "number") {
      if (numbers) texts.push({ text: String(inner), path: at });
    } else if (Array.isArray(inner)) inner.forEach((item: unknown, i) => collect(item, [...at, i], key, isPlain));
    else if (isObject(inner)) {
      for (const [name, member] of Object.entries(inner)) {
        if (name !== "logprobs") collect(member, [...at, name], name, inner.type === "text");
      }
    }
  };
  collect(value, path, String(path.findLast((step) => typeof step === "string") ?? ""), false);
  return texts;
}

/** The slots of every such text in `value`. */
export function sideSlots(choice: number, kind: string, value: unknown, path: JsonPath): Slot[] {
  return sideTexts(value, path).map(({ text, path: at }) => ({ ...textSlot(choice, `other:${kind}`, text, at), ends: true }));
}
