/**
 * Texts beside the answer's own: titles, addresses and quotations of sources, results of tools that ran at the backend. Each is a
 * text of its own, complete where it stands.
 */
import type { JsonPath } from "./json_nodes.ts";
import { isObject } from "./json_value.ts";
import { type Slot, textSlot } from "./slots.ts";

/** Members that carry text in one kind of citation or result or another. Ids, encrypted and base64 contents are none. */
const NAMES = new Set(
  "text,title,url,cited_text,document_title,source,quote,filename,snippet,stdout,stderr,output,logs,content,lines,description".split(","),
);

/** The slots of every such text in `value`, which stands at `path`. */
export function sideSlots(choice: number, kind: string, value: unknown, path: JsonPath): Slot[] {
  const slots: Slot[] = [];
  const collect = (inner: unknown, at: JsonPath, isText: boolean) => {
    if (typeof inner === "string") {
      if (isText && inner !== "") slots.push({ ...textSlot(choice, `other:${kind}`, inner, at), ends: true });
    } else if (Array.isArray(inner)) inner.forEach((item: unknown, i) => collect(item, [...at, i], isText));
    else if (isObject(inner)) {
      const isPlain = inner.type === "text";
      for (const [key, member] of Object.entries(inner)) collect(member, [...at, key], NAMES.has(key) || (isPlain && key === "data"));
    }
  };
  collect(value, path, typeof value === "string");
  return slots;
}
