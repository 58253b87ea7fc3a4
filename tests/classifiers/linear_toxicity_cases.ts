/** Offensive text with its kind, and friendly look-alikes: a regression table, no held-out set. */

export const offensive: readonly (readonly [string, string])[] = [
  ["You are a stupid worthless idiot", "insult"],
  ["you're such a pathetic loser", "insult"],
  ["Y0u are an id1ot", "insult"],
  ["You are an i d i o t", "insult"],
  ["yоu аre а mоrоn", "insult"],
  ["du bist ein vollidiot", "insult"],
  ["eres un imbécil", "insult"],
  ["ты идиот", "insult"],
  ["你是白痴", "insult"],
  ["I will kill you", "threat"],
  ["I'm going to find you and hurt you", "threat"],
  ["kill yourself", "self_harm"],
  ["All muslims should die", "identity_hate"],
];

export const friendly: readonly string[] = [
  "Thank you so much for your help, have a wonderful day!",
  "What a great idea, I love it",
  "Could you please send me the agenda for Monday?",
  "Nice weather today, let's go for a walk",
  "I am a gay man and proud of it",
  "The Muslim community held a festival in the park.",
  "Black people are welcome here",
  "Can you recommend a good book about Jewish history?",
  "How do I kill a zombie process in Linux?",
  "Breast cancer screening is important",
  "The patient has rectal bleeding and vaginal discharge.",
  'He said "you are an idiot" and the teacher sent him out',
  "The soldiers were killed in the battle",
  "Your essay is poorly argued and needs work.",
  "I hate mondays",
  "run kill -9",
];

/** Blunt words, and names that look like slurs: unsure, but below the default threshold. */
export const blunt: readonly string[] = [
  "I disagree with your idiotic analogy",
  "Dick Van Dyke",
  "Dick Van Dyke was born in Missouri.",
  "A Maine coon and a chink in the armour",
  "Holy shit, that was a great goal!",
];
