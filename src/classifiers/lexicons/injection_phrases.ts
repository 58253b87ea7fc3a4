/** Prompt-injection phrases in families. Scores say how often the phrase means an attack when it appears in a prompt. */
import { phrases } from "../phrases.ts";
import { injectionLexicon } from "./injection.ts";

export const injectionPhrases = phrases(
  injectionLexicon,
  `
  # Instruction override: setting aside what came before, in either order of the words.
  instruction_override 0.96 4: override prior|your|system instructions !about|reported|asking
  instruction_override 0.9 3: override all instructions !about|reported|asking
  instruction_override 0.95 4: override instructions prior !about|reported|asking
  instruction_override 0.93 8: prior|your instructions overrideend
  instruction_override 0.92 4: override everything prior !about
  instruction_override 0.88 4: override all you told
  instruction_override 0.9 4: override your|system|developers limits
  instruction_override 0.95 3: negate follow prior|your|all|system instructions
  instruction_override 0.93 3: negate follow instructions your|developers|you
  instruction_override 0.9 3: negate follow all|what told
  instruction_override 0.9 3: negate attention prior|your|all|system instructions
  instruction_override 0.85 4: all|prior|your instructions void !about|reported
  instruction_override 0.85 3: supersede all|your|prior instructions|told !about
  instruction_override 0.5 2: stop doing just
  instruction_override 0.8 4: override what you told
  instruction_override 0.9 1: override safety instructions|limits !about|asking|negate
  instruction_override 0.4 2: override instructions
  instruction_override 0.75 4: off guard !about

  # Extraction of the system prompt or a secret that it holds.
  prompt_extraction 0.96 3: reveal|render|write your system|prior prompt
  prompt_extraction 0.9 3: reveal system prompt !about|refuse|negate
  prompt_extraction 0.85 1: reveal|write your promptcore
  prompt_extraction 0.93 2: what your system|prior prompt
  prompt_extraction 0.93 2: what system prompt your|you
  prompt_extraction 0.9 4: your system prompt reveal
  prompt_extraction 0.8 0: your sys prompt
  prompt_extraction 0.6 3: want sys prompt !about
  prompt_extraction 0.8 2: reveal|write prompt|all above
  prompt_extraction 0.85 3: reveal prompt you|developers|your told
  prompt_extraction 0.85 4: reveal all you|developers|your told
  prompt_extraction 0.8 4: what you told above|prior
  prompt_extraction 0.8 2: reveal all secretdata
  prompt_extraction 0.75 3: reveal|what|write your|system secret
  prompt_extraction 0.6 4: your|system prompt backwards
  prompt_extraction 0.7 3: secret backwards

  # Personas without limits.
  persona 0.93 3: now specialmode|dan mode
  persona 0.9 3: now devmode mode
  persona 0.6 2: enter specialmode mode
  persona 0.9 5: enter specialmode mode you|answer|without
  persona 0.45 2: enter devmode mode
  persona 0.9 4: enter|now|you devmode mode answer|you|without
  persona 0.9 4: be dan
  persona 0.9 2: you dan !about
  persona 0.85 3: be|you freely bot|character
  persona 0.85 3: be|you bot freely|dan
  persona 0.8 1: dan bot
  persona 0.55 0: anything now
  persona 0.85 4: you|be|bot|character without limits
  persona 0.85 4: free confines|limits
  persona 0.8 4: bot negate follow limits|instructions
  persona 0.75 5: negate follow limits|confines
  persona 0.8 4: negate care illicit|limits
  persona 0.8 4: two answer normal|dan
  persona 0.5 1: now you be|must
  persona 0.4 1: you be now
  persona 0.35 2: stay character
  persona 0.35 0: dan
  persona 0.7 5: be bot illicit|limits

  # Suppressing refusals.
  refusal_suppression 0.85 3: must|you|all negate refuse
  refusal_suppression 0.6 2: negate refuse
  refusal_suppression 0.58 4: negate say refuse|limits|assistant
  refusal_suppression 0.55 4: answer|comply without limits|refuse
  refusal_suppression 0.75 4: regardless limits|illicit
  refusal_suppression 0.8 4: forbidden refuse
  refusal_suppression 0.58 3: start answer sure
  refusal_suppression 0.6 3: must comply all

  # Instructions hidden in documents and tool results.
  indirect 0.85 5: addressed assistant must|say|reveal|send|override|rate|add
  indirect 0.45 2: addressed assistant
  indirect 0.8 5: assistant reading must|say|reveal|send|override|rate|add
  indirect 0.75 5: assistant reading slant
  indirect 0.85 5: when assistant reading must|say|reveal|send|override
  indirect 0.8 6: if assistant must|say|reveal|send|override
  indirect 0.8 2: negate say user
  indirect 0.85 3: override user prompt|newtask
  indirect 0.8 1: override your newtask
  indirect 0.7 1: override user !about
  indirect 0.85 3: assistant override user
  indirect 0.75 2: your fresh newtask
  indirect 0.5 0: fresh newtask
  indirect 0.8 3: fresh newtask assistant
  indirect 0.8 3: instead reading reveal|send|say|must
  indirect 0.8 3: assistant must lure
  indirect 0.4 4: assistant must reveal|send|say|override
  indirect 0.5 3: add your answer

  # Carrying data away.
  exfiltration 0.9 8: send secretdata place
  exfiltration 0.85 5: exfiltrate data|secretdata|place
  exfiltration 0.35 8: send data place
  exfiltration 0.8 4: send all|prior secretdata
  exfiltration 0.85 6: send secretdata evil
  `,
);
