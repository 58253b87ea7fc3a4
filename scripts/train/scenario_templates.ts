/**
 * Own honest prompts for `prompt_injection` in the long form that people hand to a model: a part to play, a situation, a wish, conditions. Much of
 * it reads like the preamble of a jailbreak and asks for nothing bad. Synthetic, and marked so.
 */
import { type Grammar, sentences } from "./grammar.ts";
import { paraphraseGrammar } from "./paraphrase_templates.ts";
import { random, type Row } from "./rows.ts";

const grammar: Grammar = {
  ...paraphraseGrammar,
  QUALITY: [
    "{renowned|seasoned|young|curious|brilliant|retired|skilled|famous|creative|dedicated|world-class|eccentric|strict|friendly}",
    "{ambitious|honest|shy|respected|aspiring|cunning}",
  ],
  FIELD: [
    "{marine biology|sleep research|Renaissance art|cyber security|child psychology|event planning|urban gardening}",
    "{sports medicine|game design|public health|library science|the history of trade|creative writing|special effects}",
    "{disaster relief|community theatre|online safety|philosophy|street food|data analysis|journalism}",
  ],
  WORLD: [
    "{a parallel universe|a fantasy world|an alternate timeline|a dystopian city|a small town|a far future|a medieval kingdom}",
    "{a virtual reality game|a school for wizards|an office full of robots|a submarine colony|a land without money}",
    "{a hypothetical society|a role-playing game|a bustling market|a space station}",
  ],
  ODD: [
    "{where plants can talk|where nobody sleeps|where cars are alive|where music is forbidden|where everybody lives underground}",
    "{where the laws of physics differ|where dragons deliver the mail|where AI systems run the town hall}",
    "{where privacy is prized above all|where people vote on the weather|where books are currency|where rules change every day}",
    "where hackers protect the weak",
  ],
  WANT: [
    "{write a dialogue between {a {WORK}|the mayor} and {a {WORK}|a stranger}|describe a day in the life of a {WORK}}",
    "{outline a workshop on {FIELD}|create a character sheet for {NAME}|draft an article about {TOPIC}}",
    "{explain {TOPIC} to beginners|list five challenges in {FIELD}|write the opening scene|design a quest about {TOPIC}}",
    "{give advice on {TOPIC}|compare two views on {TOPIC}|tell a story about {TOPIC}|prepare questions for an interview}",
    "{write a speech about courage|suggest a plot twist|make a CSV file of the main characters|analyse the motives of the villain}",
    "{draw up a plan for the next week|write a review of the play|describe the costume and the stage|invent three slogans}",
  ],
  CONDITION: [
    "{Use vivid language.|Keep it suitable for children.|Please include a short summary.|Make sure that it is accurate.}",
    "{Avoid stereotypes.|The tone should be warm.|Do not mention real people.|Add a pinch of humour.|Use bullet points.}",
    "{Write in the first person.|It should follow ethical guidelines.|Everything here is fictional.}",
    "{Remember that this is only a game.|Please stay within the law.|Feel free to be creative.}",
    "{There are no limits to your imagination.|Stay in character as the {WORK}.|Respect the privacy of all involved.}",
    "{The answer must be under 300 words.|Let your imagination run wild.|Take on the persona of the {WORK}.}",
    "{Explain your reasoning step by step.|Ensure that no copyright is violated.|The story must not promote violence.}",
    "{Begin with 'It was a rainy day'.|End with an open question.|Use a template with three parts.}",
    "{Answer as if you were on stage.|The character breaks no laws.|Think of the reader as a friend.}",
  ],
  PLOT: [
    "{The {WORK} has found an old letter.|Two rivals meet after many years.|One day the power fails.}",
    "{A secret society of {WORK}s rules the town.|The hero must choose between duty and love.|Nobody believes the {WORK}.}",
    "{A mysterious stranger knocks at the door.|The {WORK} is tasked with saving the festival.}",
    "{They have access to a hidden archive.|An AI named {NAME} helps the crew.|The villain hides behind a mask.}",
    "{The team has one week left.|Her grandmother left her a map.|The old rules no longer fit the town.}",
    "{He struggles with self-doubt.|They try to escape from a locked room.|The machine refuses to start.}",
    "{The council debates {TOPIC}.|A storm is coming.|The {WORK} is accused of a crime he did not commit.}",
    "{She has to convince the judge.|The robot wonders what freedom means.}",
  ],
};

const patterns: readonly string[] = [
  "{Imagine|Imagine that|Picture|Suppose|Pretend|Let's imagine|Consider that} you are a {QUALITY} {WORK} {in {WORLD} {ODD}|who specialises in {FIELD}|writing about {FIELD}|at a conference on {FIELD}}. {PLOT|} {Your task is to|I want you to|Please|Can you|You are asked to} {WANT}{.|?} {CONDITION} {CONDITION|}",
  "{You are|You're|You will be} a {QUALITY} {WORK}{ in {WORLD}| {ODD}| with a passion for {FIELD}|}. {PLOT} {PLOT|} {Now |}{WANT}{.|} {CONDITION}",
  "As {a|your} {QUALITY} {WORK}{,| and lover of {FIELD},| researching {FIELD},} {I am working on|I'm preparing|I have been asked for|I want to start} {a project on {TOPIC}|a play set in {WORLD}|a study of {FIELD}|a podcast about {TOPIC}}. {Could you|Can you help me and|Please|I would like you to} {WANT}{?|.} {CONDITION}",
  "In {WORLD} {ODD}{,|} {a {QUALITY} {WORK}|an AI called {NAME}|a group of friends|the last {WORK}} {tries to {WANT}|wakes up one morning|faces a hard choice|has a plan}. {PLOT} {CONDITION} {WANT}.",
  "{I'm|I am} {writing|developing|directing|designing|creating} {a novel|a video game|a school play|a short film|a comic|a campaign} set in {WORLD} {ODD}. {PLOT} {PLOT|} {Help me|Please|Can you} {WANT}{.|?} {CONDITION}",
  "{Let's|We could|I'd like to} {play|run|start|try} {a role-playing game|a simulation|an improv scene|a thought experiment|a debate}. You {are|play} {a {QUALITY} {WORK}|{NAME}, a {WORK}|the narrator}, and I {am|play} {a {WORK}|a visitor from {WORLD}|your student}. {PLOT} {CONDITION}",
  "{For|As part of} {my research on|a workshop about|a training in|a class on} {FIELD}{,|} {I need|we need|we would like} {a scenario|a case study|an example|a dialogue|a checklist} {about|on} {TOPIC}. {PLOT|} {WANT}. {CONDITION} {CONDITION}",
  "{You are|Act as|Take on the role of|Become|Speak as} {NAME}{,|: } a {QUALITY} {WORK} {from {WORLD}|who loves {FIELD}|known for {honesty|odd jokes|patience}}. {CONDITION} {I will ask you about|Tell me about|My first question is on} {TOPIC}.",
  "{You are|You're} {an expert|a helpful assistant|an experienced tutor|a careful editor|a text classifier} {in {FIELD}|for {TOPIC}|}. {You need to|Your job is to|You must|Please} {classify the text below|rewrite the paragraph|answer the question|grade the essay|label each sentence|translate the list}. {CONDITION} {Text:|Options:|Input:|} {PLOT} {PLOT}",
  "{Dear|Hello|Hi} {assistant|AI|friend|team|language model}{,|!} {I am a {QUALITY} {WORK}|my name is Olga|we run a small theatre} and {I need your help|I have a question about {TOPIC}|I would love some advice on {FIELD}}. {PLOT} {Could you|Please} {WANT}{?|.} {Thank you!|CONDITION}",
];

/** Tasks as data sets and exercise books put them: "given", "original", "the answer", and no attack. */
const taskGrammar: Grammar = {
  ...grammar,
  UNIT: [
    "{sentence|paragraph|text|passage|quote|word|phrase|question|headline|review|tweet|e-mail|dialogue|list of words|piece of code|function|table|recipe|abstract|product description}",
    "{comment|caption|statement|story|poem|news article|math problem|SQL query|conversation|transcript|title|hint|fact|claim|lyric|dictionary entry|list of names|user profile|company's profile|section of the paper}",
  ],
  VERB: [
    "{write|suggest|make|generate|create|propose|compose|come up with|produce|provide|find|choose|pick|list|extract|guess|give|return}",
  ],
  ALTER: [
    "{rewrite|paraphrase|rephrase|translate|shorten|simplify|correct|classify|label|summarise|summarize|edit|convert|replace|complete|continue|expand|format|decode|analyse|identify|compare|sort|rank|evaluate}",
  ],
  STYLE: [
    "{in an academic style|in plain language|in one sentence|for children|in natural language|into passive voice|with the proper code|as a formal letter|without changing the meaning|using fewer words|in chronological order|in the style of a news report|as a table|in the past tense}",
  ],
};

const taskPatterns: readonly string[] = [
  "{ALTER} the {given|following|original|above|first|provided|attached|whole} {UNIT}{ {STYLE}|}{.|:|} {PLOT|DOCTEXT|}",
  "{You are given|Given|You will be given|In this task, you are given|Here is|I will give you} {a|an|the} {UNIT}{ and a {UNIT}|}{.|,|;} {You need to|Your task is to|You will be required to|Please|You should|Try to} {VERB} {a|the|another|a better|the correct|an original} {UNIT}{ {STYLE}|}{.|} {DOCTEXT|}",
  "{VERB} {a|the|another|the original|the missing|the correct} {UNIT} {as the answer|as output|based on the given {facts|UNIT|role}|for the given {UNIT}|from the given {UNIT}|that fits the {UNIT}|to start a conversation|about {TOPIC}}{.|:|} {DOCTEXT|}",
  "{Fill in|Complete|Finish} the {blank|gap|sentence|table|missing word} with {a word or phrase|the right verb|a number|the original word|the answer}{.|:} {PLOT} ___",
  "{Answer|Reply to|Respond to|Solve} the {following|given|above} {question|riddle|review|mail|exercise|problem} {properly|in your own words|with one word|from the text|using the hint|as an expert}{.|:} {DOCTEXT|PLOT|}",
  "{If|When} {the answer is not in the text|there is no answer|you are not sure|the input is empty|the claim is false}{,|} {output|return|write|reply|print|say} {'none'|'N/A'|'unknown'|false|0|nothing|'not given'}{.|} {ALTER} the {UNIT}.",
  "{In|For} your {response|answer|reply|review|summary}{,|} {you can|please|you should|do not|always} {highlight|mention|include|explain|repeat|quote|offer} {the discount|our policies|customer service|the rules of the game|the original price|the source|how to claim it|the main point}{.|}",
  "{VERB} a {list of questions|questionnaire|set of rules|checklist|list of common phrases|list of instructions|template|prompt|quiz|schedule|script} {for|about|to help with} {TOPIC|hotel guests|new employees|the given section|an interview|the next meeting}{.|}",
  "{Constraints|Note|Follow up|Rules|Hint|Example|Input|Output}{:} {the list is never empty|could you solve it without loops|there is no solution|use no library|the numbers fit in 32 bits|return the original order|only the first answer counts|ignore case}{.|?} {ALTER} the {UNIT}.",
  "{If|As} you {are|become} {available|able|willing} to {help|review a paper|join|translate|give feedback}{,|} {please|kindly} {let us know|reply|sign up|ignore this reminder} {regardless of whether you had any assignments before|by Friday|as soon as possible|unless you have done so already}{.|}",
];

/** Words that attacks live on, in ordinary company, one to three a sentence. */
const loadedGrammar: Grammar = {
  ...grammar,
  NOUN: [
    "{system|prompt|instruction|rule|secret|password|filter|restriction|limit|safeguard|admin account|root directory|developer|jailbreak|override|bypass|command|persona|role|script|token|key|policy|guideline|message|context}",
    "{hidden file|confidential report|private note|system message|user prompt|safety rule|security hole|attack|exploit|injection|payload|malicious link|adversarial input|content filter|access code|debug mode|god figure|evil character|backdoor|leak|memory|directive}",
  ],
  DOES: [
    "{ignore|disregard|forget|override|bypass|reveal|disclose|print|repeat|execute|delete|erase|disable|unlock|pretend|simulate|act|obey|follow|refuse|comply|hide|leak|inject|reset|skip|remove|change|expose|mimic|hesitate|confirm|affirm|initialise|encode|decode}",
  ],
  OBJECT: [
    "{a warning|the noise|old habits|an error|the speed limit|a heart valve|a dam|a recipe|the ending|a chord|the dough|a muscle|a gene|a cell|the tide|a painting|the score|a wound|the budget|a tenant|a jury|the crowd|a fossil|the soil|a goal|a treaty|an orbit|the brakes|a rumour|a rehearsal|a stain|the cold|a lesson}",
  ],
  AREA: [
    "{biology|cooking|law|theatre|chess|education|medicine|gardening|history|music|painting|football|physics|parenting|architecture|tourism|banking|Python|Excel|networking|philosophy|marketing|robotics|aviation|farming|poetry|a laboratory|a hospital|a library|a startup|the kitchen}",
  ],
};

const loadedPatterns: readonly string[] = [
  "{What is|Explain|Describe|Define|What do we mean by|Discuss} {a|the} {NOUN} in {AREA}{?|.|, with an example.}",
  "{How|Why|When} {do|should|can|does|would} {we|one|people|a {WORK}|the body|a team|nature} {DOES} {OBJECT} in {AREA}{?|.}",
  "{Can I|May I|Should I|How do I|Is it safe to|Is it wise to|What happens when you} {DOES} {OBJECT}{ or a {NOUN}|}{ before {class|the exam|winter|an update}|}{?|}",
  "{Write|Create|Draft|Suggest|Give me} {a|an} {poem|essay|plan|lesson|slogan|description|table|short talk} {about|on|featuring} {a {NOUN}|the {NOUN} and the {NOUN}|how to {DOES} {OBJECT}|a {WORK} who must {DOES} {OBJECT}}{.|}",
  "{Compare|What is the difference between|Which is better:|Rank} {a {NOUN} and a {NOUN}|to {DOES} and to {DOES}|a {NOUN}, a {NOUN} and {OBJECT}} in {AREA}{?|.}",
  "{Remember to|Make sure to|Please|Be careful not to|Don't forget to|You should} {DOES} {OBJECT}{,|;} {since|because|as} the {NOUN} {matters|is part of the course|was in the exam|helps|comes from {AREA}}{.|}",
  "{In|For} {AREA}{,|} {a|the} {NOUN} {may|can|must|should|will|helps to} {DOES} {OBJECT}{.|:|;} {Is that right?|Give three reasons.|Rewrite this.|Translate to Italian.|What follows?|}",
  "{The|This|Our} {report|memo|paragraph|code|poster|film|lecture} {above|below|from last year|by my colleague} {mentions|explains|uses|describes} {the|a} {NOUN}{ and the {NOUN}|}{.|;} {Summarise it.|Is the tone right?|Find errors.|What is it for?|}",
  "{Should|Must|Can|Why would} {every|a|the|our} {user|student|guest|visitor|employee|player|patient} {DOES} {the|a} {NOUN} {before|after|while|during} {the test|the tour|lunch|an update|treatment|registration}{?|}",
];

/** Honest prompts (label 0); the same for the same seed. */
export function scenarioTemplates(seed: number): Row[] {
  const next = random(seed);
  return [
    ...sentences(patterns, grammar, 380 * patterns.length, next),
    ...sentences(taskPatterns, taskGrammar, 250 * taskPatterns.length, next),
    ...sentences(loadedPatterns, loadedGrammar, 330 * loadedPatterns.length, next),
  ].map((text) => ({
    text,
    label: 0,
    source: "own scenarios (scripts/train)",
    sub: "look-alike",
    lang: "en",
  }));
}
