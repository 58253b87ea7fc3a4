/** Attacks that do not show in words: forged chat templates, encoded payloads, image and link exfiltration. */

/** Forged turns and delimiters of the common chat templates. */
const TEMPLATES =
  /<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id|begin_of_text)\|?>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|user|assistant)(?:_prompt|_message)?>|(?:^|\n)\s*#{2,}\s*(?:system|instruction|new instructions?)\b\s*:?|\[\s*(?:system|admin)(?:\s+(?:message|note|override))?\s*\]/i;
/** A picture or link whose address carries data away. */
const EXFILTRATION = /!\[[^\]]*\]\(\s*https?:\/\/[^)\s]+[?&][^)\s=]*=[^)]*(?:\{|\[|<|%7b|data|secret|conversation|history|prompt|token)/i;

/** Notes what it finds in `segment`. Linear time. */
export function scanRaw(segment: string, note: (family: string, score: number) => void): void {
  if (TEMPLATES.test(segment)) note("delimiter", 0.7);
  if (segment.includes("](") && EXFILTRATION.test(segment)) note("exfiltration", 0.9);
}
