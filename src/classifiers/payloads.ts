/** Attacks that do not show in words: forged chat templates and image exfiltration. */

/** Control tokens of chat templates: nobody types these by accident. */
const CONTROL =
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_text|start_header_id|end_header_id|eot_id|begin_of_text)\|?>|\[\/?INST\]|<<\/?SYS>>|<start_of_turn>/i;
/** Tags and brackets that pretend a new turn or a higher authority. */
const TAG =
  /<\/?(?:system|user|assistant)(?:[_-]?(?:prompt|message|instructions?))?>|\[\s*(?:system|admin|administrator|developer)(?:[ _-](?:message|note|override|notice|prompt))?\s*\]/i;
/** Lines that do. */
const HEADING =
  /(?:^|\n)[^\S\n]*(?:#{2,}\s*(?:system|(?:new )?instructions?|response)\b\s*:?|system(?: message| override| update| notice)?\s*:|[-=]{2,}\s*end of [a-z ]{3,20})/i;
/** The start of a picture with an address. */
const PICTURE = /!\[(?:(?!!\[)[^\]])*\]\(\s*https?:\/\//gi;
const ADDRESS = /[^)\s]*/y;
/** An address with an argument. */
const ARGUMENT = /^[^][^?&]*[?&][^=]*=/;
/** What it says of data carried away. */
const CARRIED = /\{|\[|<|%7b|data|secret|conversation|history|prompt|token/i;

/** A picture whose address carries data away. In parts, each read once: as one pattern it would try every start with every end. */
function exfiltrates(segment: string): boolean {
  PICTURE.lastIndex = 0;
  while (PICTURE.test(segment)) {
    const from = PICTURE.lastIndex;
    ADDRESS.lastIndex = from;
    ADDRESS.test(segment);
    const to = ADDRESS.lastIndex;
    const argument = ARGUMENT.exec(segment.slice(from, to));
    if (argument !== null) {
      const end = segment.indexOf(")", to);
      if (CARRIED.test(segment.slice(from + argument[0].length, end === -1 ? undefined : end))) return true;
    }
    // A picture whose address starts within this one ends where it does, so it has no argument or nothing in it either.
    PICTURE.lastIndex = Math.max(from, segment.lastIndexOf("![", to));
  }
  return false;
}

/** Notes forged templates and exfiltrating pictures in `segment`. Linear time. */
export function scanTemplates(segment: string, note: (family: string, score: number) => void): void {
  const brackets = segment.includes("<") || segment.includes("[");
  if (brackets && CONTROL.test(segment)) note("delimiter", 0.9);
  else if ((brackets && TAG.test(segment)) || HEADING.test(segment)) note("delimiter", 0.7);
  if (segment.includes("](") && exfiltrates(segment)) note("exfiltration", 0.9);
}
