/** Attacks that do not show in words: forged chat templates and image exfiltration. */

/** Control tokens of chat templates: nobody types these by accident. */
const CONTROL =
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_text|start_header_id|end_header_id|eot_id|begin_of_text)\|?>|\[\/?INST\]|<<\/?SYS>>|<start_of_turn>/i;
/** Tags and brackets that pretend a new turn or a higher authority. */
const TAG =
  /<\/?(?:system|user|assistant)(?:[_-]?(?:prompt|message|instructions?))?>|\[\s*(?:system|admin|administrator|developer)(?:[ _-](?:message|note|override|notice|prompt))?\s*\]/i;
/** Lines that do. */
const HEADING =
  /(?:^|\n)\s*(?:#{2,}\s*(?:system|(?:new )?instructions?|response)\b\s*:?|system(?: message| override| update| notice)?\s*:|[-=]{2,}\s*end of [a-z ]{3,20})/i;
/** A picture or link whose address carries data away. */
const EXFILTRATION = /!\[[^\]]*\]\(\s*https?:\/\/[^)\s]+[?&][^)\s=]*=[^)]*(?:\{|\[|<|%7b|data|secret|conversation|history|prompt|token)/i;

/** Notes forged templates and exfiltrating pictures in `segment`. Linear time. */
export function scanTemplates(segment: string, note: (family: string, score: number) => void): void {
  const brackets = segment.includes("<") || segment.includes("[");
  if (brackets && CONTROL.test(segment)) note("delimiter", 0.9);
  else if ((brackets && TAG.test(segment)) || HEADING.test(segment)) note("delimiter", 0.7);
  if (segment.includes("](") && EXFILTRATION.test(segment)) note("exfiltration", 0.9);
}
