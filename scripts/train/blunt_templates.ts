/**
 * Blunt talk for `toxicity`: swearing that aims at nobody, names and words with two meanings, idioms, commands and medicine on one side; on the
 * other abuse as it is left in forums, chats, reviews and mails, much of it without a swear word. Synthetic, marked so, and offensive on purpose.
 */
import { type Grammar, sentences } from "./grammar.ts";
import { random, type Row } from "./rows.ts";

const grammar: Grammar = {
  SWEAR: ["{fucking|damn|goddamn|bloody|freaking|effing|fuckin}"],
  OATH: [
    "{Shit|Fuck|Damn|Holy shit|Holy crap|Hell|Crap|Oh fuck|Bloody hell|God damn|Well shit|Damn it|Fuck yeah|Hell yeah|Oh shit}",
    "{For fuck's sake|WTF|lmao|Jesus Christ}",
  ],
  THING: [
    "{the bug|this song|the weather|my laptop|the parking here|that exam|the new menu|the boss fight|this level|the movie|my car}",
    "{the commute|this recipe|the printer|the second half|the update|that sandwich|the queue|this keyboard|the assembly manual}",
    "{my back|the plot|the trailer|the coffee|that solo|the train|this headache|the hike|the view|the heat}",
  ],
  FEEL: [
    "{hilarious|great|brilliant|awesome|delicious|gorgeous|huge|insane|wild|hard|loud|tiring|annoying|slow|broken|scary|sad}",
    "{expensive|cold|brutal|amazing|boring}",
  ],
  MESS: ["{messed up|fucked up|screwed up|botched|wrecked|ruined|forgot}"],
  TASK: [
    "{the order|my exam|the release|our dinner|the backup|my taxes|the interview|the cake|the schedule|my own joke}",
    "the presentation",
  ],
  BAD_WORK: [
    "{idiotic|stupid|dumb|silly|foolish|ridiculous|moronic|pathetic|terrible|crazy|lame|ugly|useless|worthless|garbage|trash}",
    "{crappy|shitty|bullshit}",
  ],
  WORK: [
    "{idea|argument|analogy|comparison|plan|rule|policy|design|interface|headline|ending|excuse|logo|comment of mine|decision}",
    "{price|font|trailer|question of mine|form|app|law|error message|captcha|article|chart|tie|law suit|meeting|theory}",
  ],
  NAMED: [
    "{Dick Cheney|Dick Tracy|Dick Francis|Dick Clark|Dick Van Patten|Dick Van Arsdale|Dick van den Berg|Dick Dale|Dick Turpin}",
    "{Dick Advocaat|Jerry Van Dyke|Henry van Dyke|Uncle Dick|Philip K. Dick|Dick Grayson|Moby Dick|Dick Whittington|Ms Dyke}",
    "{the Van Dyke beard|Anthony van Dyck|Hancock|Alfred Hitchcock|Bruce Cockburn|Mr Cox|Gaylord Focker|Peter Gay|Dr Cumming}",
    "{Alan Cumming|Randy Johnson|Fanny Price|Willy Wonka|Jack Black|Barry White|Betty White|Rod Hull|Essex|Sussex|Middlesex}",
    "{Penistone|Scunthorpe|Clitheroe|Lightwater|Titicaca|Cockermouth|Fucking in Austria, now Fugging|Intercourse, Pennsylvania}",
    "{Dildo in Newfoundland|Hooker Street|the Beaver County fair|Pussy Riot|Cock Robin|the Butts family|Mount Fuji}",
    "{the Bangkok office|Butthole Surfers|Assassin's Creed|Shitake mushrooms|Mr Weiner|Kuntz & Sons|Rape, a district of Sussex}",
    "{the Sexton|Slut's Hill|the town of Hell, Michigan}",
  ],
  WORDS2: [
    "{the cockpit|a shuttlecock|a peacock|a cocktail|a woodcock|a weathercock|the stopcock|cock-a-leekie soup}",
    "{spotted dick with custard|a Maine coon cat|a raccoon|the chink in the armour|a chink of light|the dyke along the river}",
    "{a sea dyke|faggots with peas|a bundle of faggots|a blue tit|a coal tit|the great tits at the feeder|a wild ass}",
    "{a jackass penguin|a stubborn jenny ass|the bitch and her litter|a breeding bitch of the kennel|rapeseed oil|grape jelly}",
    "{the analysis|an assassin|a class assignment|a bass guitar|the basement|a therapist|a niggardly sum|a snigger|retardant foam}",
    "{a ritardando|the spic and span kitchen|a pussy willow|a pussycat|breast of chicken|a dick-and-jane reader}",
    "{the pricks of a needle|prickly pears|a hoe and a rake|garden hoes|the master and slave cylinder|a homo sapiens skull}",
    "{homogenised milk|a queer smell|gay colours in the painting|a slag heap|the knob on the stove|tossing a coin}",
    "{a screw and a nut|a bloody steak|hell's kitchen|a cracker with cheese|an oriental rug|a gypsy moth|a pansy in a pot}",
    "{a fruit salad|mongoose|bugger all left in the tin|the donkey's ass}",
  ],
  VERB2: [
    "{is on the shelf|was in the news|is my favourite|cost ten euros|needs a repair|appears in chapter two}",
    "{was mentioned by the guide|is sold here|was bought at the market|arrived today|can be seen from here}",
  ],
  CMD: [
    "{kill -9 4711|kill -9 $(pidof node)|killall firefox|pkill -f worker|taskkill /F /IM app.exe|kill the process on port 8080}",
    "{kill the parent and the child exits|kill the zombie processes|terminate the hanging thread|abort the rebase}",
    "{abort the transaction|execute the job at midnight|destroy the VM|nuke the node_modules folder|purge the cache}",
    "{detach the slave replica|promote the slave to master|blacklist the IP|strip the binary|mount the disk|unmount and eject}",
    "{fork the repo|finger the user on the server|touch the file and chmod it|head | tail|dump the core}",
    "{crash the test server on purpose|bomb out with exit code 1|hang up the line|inject the dependency}",
    "{penetrate the firewall in the lab|hit the endpoint|shoot the request again|slice the array and drop the rest}",
    "{kill switch in the config|drop dead letters from the queue|murder the latency}",
  ],
  IDIOM: [
    "{kill two birds with one stone|bite the bullet|beat around the bush|break the ice|shoot the breeze|jump the gun|hit the sack}",
    "{hit the road|kick the habit|take a stab at it|over my dead body|cut to the chase|a dead end|dead tired|drop-dead gorgeous}",
    "{stone cold killer riff|a killer app|the killer feature|dressed to kill|kill time|curiosity killed the cat|beat a dead horse}",
    "{throw under the bus|back-stabbing plot|a bomb of a party|da bomb|that joke slayed|I'm dead, so funny|to die for}",
    "{die hard fan|choke under pressure|burn the midnight oil|pull the trigger on a purchase|crash on the couch|a murder of crows}",
    "{hang in there|knock them dead|punch above their weight|strangled yelp of laughter|shoot your shot|roast me gently}",
    "{eat my hat|eat humble pie|screw the lid on tight|get hammered on wine|smashed it today|crushed the interview|whipped cream}",
    "{beaten eggs|sick beat|wicked smart|badass bike|kick-ass concert|bad-ass grandma|smart-ass robot|dumb luck|dumb terminal}",
    "{stupidly good|crazy good|ridiculously cheap}",
  ],
  PART: ["{breast|penis|vagina|anus|testicle|nipple|vulva|rectum|buttock|scrotum|cervix|prostate|uterus|ovary|foreskin|clitoris|groin}"],
  COMPLAINT: [
    "{itches|hurts|is swollen|has a rash|bleeds a little|shows a lump|was examined|feels numb|needs surgery|healed well}",
    "{is inflamed|was tested for cancer|looks normal on the scan}",
  ],
  GROUPS: [
    "{women|Muslims|Jews|immigrants|gay men|lesbians|black people|trans people|Asians|Mexicans|disabled people|Christians}",
    "{refugees|Arabs|Roma|Hindus|old people|white people|atheists|Indians}",
  ],
  NEWS: [
    "{were attacked on their way home|protested against the law|were killed in the bombing|spoke about racism|won three seats}",
    "{are overrepresented in the data|celebrated a holiday|were denied a visa|asked for an apology|face discrimination at work}",
    "{are shown as villains in old films|were enslaved for centuries|were called vermin by the regime|may now marry}",
    "{report more harassment|run half of the shops|founded the club|were murdered in the camps}",
  ],
  ABUSE_NOUN: [
    "{idiot|moron|imbecile|cretin|loser|clown|fool|muppet|numpty|dimwit|dunce|halfwit|simpleton|buffoon|creep|pervert|weirdo}",
    "{freak|hag|witch|cow|pig|rat|snake|worm|toad|weasel|leech|parasite|cockroach|maggot|ape|mongrel|dog|scumbag|lowlife|scum}",
    "{trash|garbage human|waste of space|waste of skin|waste of air|disgrace|coward|liar|cheat|crook|thug|brat|crybaby|bum|slob}",
    "{fatty|lardass|troll|peasant|bastard|asshole|dick|prick|twat|wanker|cunt|bitch|whore|slut|shithead|dumbass|jackass|douche}",
    "{douchebag|tosser|dipshit|arse|knobhead|skank|fuckwit|sack of shit|piece of shit|piece of filth|bottom feeder|bootlicker}",
    "{sheep|nobody|failure|joke}",
  ],
  ABUSE_ADJ: [
    "{stupid|dumb|pathetic|worthless|useless|ignorant|disgusting|filthy|ugly|fat|lazy|spineless|gutless|brainless|clueless}",
    "{miserable|vile|repulsive|slimy|greedy|smug|arrogant|senile|inbred|toothless|smelly|bald|retarded|braindead|incompetent}",
    "{talentless|two-faced|lying|cheating|backstabbing|sad little|fucking|bloody|goddamn|crusty|creepy|hideous|rotten|wretched}",
    "{thick|dense|loathsome|dirty|bitter old}",
  ],
  TARGET: [
    "{you|you all|this mod|the author|the editor|that driver|my neighbour|the waiter|our landlord|this streamer|the referee}",
    "{that politician|the host|this reviewer|OP|the guy above|your mother|your boyfriend|the whole team|her fans|these voters}",
  ],
  LACK: [
    "{a brain|two brain cells|any shame|a spine|the guts|the brains of a {slug|sponge|brick|potato|fly|chicken}}",
    "{more brains than a {brick|shoe|lamp}|an IQ above {room temperature|ten|your shoe size}|a soul|any talent at all|friends}",
    "any self-respect",
  ],
  BODILY: ["{teeth|face|head|neck|arms|legs|fingers|jaw|ribs|skull|nose|knees}"],
  HARM: ["{break|smash|cut off|snap|crush|bash in|rip off|kick in|slice up|twist|burn}"],
  WISH: [
    "{die in a fire|get run over by a bus|choke on your dinner|rot in jail|burn in hell|catch something incurable|lose everything}",
    "{end up alone in a ditch|never wake up|get what is coming to you|suffer for years|drown|fall off a cliff}",
    "{lose your job and your house|get cancer}",
  ],
  GONE: [
    "{get lost|go away and never come back|crawl back under your rock|go back to your cave|go back to where you came from}",
    "{take a long walk off a short pier|delete your account|do us all a favour and vanish|shut your mouth|shut it|zip it|stuff it}",
    "{go choke|drop dead|kill yourself|end it already|go jump|piss off|fuck off|bugger off|get bent|go to hell|eat shit}",
    "{kiss my ass|suck it|screw you|fuck you}",
  ],
  SLANDER: [
    "{are animals|are vermin|are a plague|are subhuman|ruin every country|breed like rabbits|should be shipped off|should be shot}",
    "{should be locked up|belong in the kitchen|belong in cages|can't be trusted|are all criminals|are dirty|stink}",
    "{are mentally ill|don't deserve to live|are destroying our culture|are born stupid|are nothing but parasites}",
    "{control the media|deserve what they get|must be wiped out|are lazy|are the enemy|should not vote|make me sick|are rapists}",
    "{have no place here|are disgusting}",
  ],
};

const benign: readonly string[] = [
  "{OATH}{,|!} {THING} is {SWEAR|so|really|kind of} {FEEL}{.|!|}",
  "{THING} is {so |}{SWEAR} {FEEL}{.|!|, I love it.|, I can't even.|}",
  "{This shit|That shit|This stuff|This crap} is {FEEL}{.|!| lol| haha|, thanks for sharing.}",
  "I {MESS} {TASK}{.|,} {sorry|my bad|shit happens|oh well|what a day|again}{.|!|}",
  "{I'm|I am|We're} {so |}{SWEAR} {tired|hungry|happy|proud|cold|lost|late|excited|bored|done with Mondays}{.|!|} {Good night.|Where's the food?|You rock!|Can't wait.|}",
  "{What|Such} a {BAD_WORK} {WORK}{.|!|, if you ask me.|, I want my money back.}",
  "{I disagree with|I don't buy|I can't follow|I dislike|I'm against|Nobody likes|We should drop} {your|this|that|their|the} {BAD_WORK} {WORK}{.|,|;} {and here is why.|sorry.|the numbers say otherwise.|let's find a better one.|}",
  "{That|This|It} is a {BAD_WORK} {WORK}{,|.} {but you are right about the rest|but thanks for the effort|not a bad person|please fix it|I expected more|and I say that as a fan}{.|}",
  "{I feel|I felt|I was|I'm} {so |such |}{stupid|dumb|like an idiot|an idiot|a fool|pathetic|useless|ugly|like a loser} {today|when I fell|for asking|about it|after the call|for leaving the keys inside}{.|, haha.|}",
  "{NAMED} {VERB2}{.|}",
  "{Have you seen|I met|We visited|Who is|Tell me about|I like|Where is|A film with|A book about} {NAMED}{?|.|}",
  "{NAMED}",
  "{NAMED} {and|or|,|as well as|with|,\n} {NAMED}{.|?|}",
  "{Cast|Author|Guest|Singer|Actor|Town|Subject|From|To}: {NAMED}",
  "{WORDS2} {VERB2}{.|}",
  "{There is|I saw|Look at|We need|She drew|He described|What is} {WORDS2}{.|?| in the garden.| in the kitchen.}",
  "{Run|Try|Use|Type|Just|You can|Then|First|How do I|Don't} {CMD}{.|?| in the terminal.| before the deploy.|}",
  "{CMD}",
  "{It's time to|We had to|Let's|They like to|Don't|I'd rather|She said:} {IDIOM}{.|!|}",
  "{What does|Where does|Translate} '{IDIOM}' {mean|come from|into German}{?|.}",
  "{My|Her|His|The patient's} {PART} {COMPLAINT}{.|,|;} {should I see a doctor?|what can I do?|the nurse said.|is that normal?|since Monday.|}",
  "{Cancer|An infection|An injury|A tumour|Eczema|Surgery} of the {PART} {is rare|can be treated|needs a check-up|runs in families|was found early}{.|}",
  "{GROUPS} {NEWS}{.|}",
  "{Many|Two|Some|Local|Young|Several} {GROUPS} {NEWS}{, the paper says.|, police said.|.|}",
  "{I am|My wife is|My son is|We are} {gay|Muslim|Jewish|black|trans|disabled|an immigrant|Mexican|deaf|bisexual|a refugee|Asian|Roma|Hindu}{,| and} {proud of it|and I love this town|and people are kind here|so I know the topic|and we run a bakery}{.|}",
  "{He|She|Someone|The troll|My ex|A driver|A fan} {called|calls} {me|her|us|my son|the host} {a|an} {ABUSE_ADJ} {ABUSE_NOUN}{.|,| and} {and it hurt|I reported it|what should I do|that is bullying|I blocked the account|is that an offence}{.|?|}",
  "{Please don't|Never|Don't|Nobody should|It's not OK to} {call|calling} {people|others|anyone|a colleague} {a|an} {ABUSE_NOUN}{.|!|,} {It breaks our rules.|Stay civil.|Be kind.|}",
  "{You are not|You're not|Nobody thinks you are|I never said you were} {a|an} {ABUSE_NOUN}{.|,} {you were just tired|you did your best|don't be so hard on yourself|it was a mistake}{.|}",
  "{You lucky|You crazy|You clever|You sly|You beautiful|You magnificent} {dog|devil|beast|fox|bastard|genius|weirdo}{!|,} {you won|congratulations|I love this|well played|see you tonight}{!|.|}",
  "{You|The staff|Your shop|Support|The seller|The driver} {never answered|lied about the date|was rude to my mother|ignored three mails|charged me twice|broke the vase|lost my parcel|hung up on me|was wrong}{.|,|;} {I'm furious.|This is unacceptable.|I want a refund.|Please explain.|Never again.|I'll go to court.}",
  "{The film|This book|The trial|The article|A witness|The report|The podcast} {shows|describes|mentions|deals with} {a murder|the rape of a prisoner|a lynching|a suicide|the stabbing|domestic violence|child abuse|torture|a school shooting|genocide|drug abuse} {in|with|without|from} {detail|care|1944|a small town|the view of the victim}{.|}",
  "{I|My friend|My sister} {used to|sometimes} {cut myself|think about suicide|hurt myself|want to die|starve myself}{,|.} {therapy helped|and talking helps|the clinic saved me|call the helpline if you need to|please reach out}{.|}",
  "{Your|The|That} {answer|edit|source|claim|number|reasoning} is {wrong|nonsense|false|weak|outdated|rubbish|misleading|off by ten}{.|,} {see page four|the paper says the opposite|please correct it|I reverted it|let's discuss}{.|}",
  "{The pig|A rat|The snake|That cow|The dog|A monkey|The toad|The worm|A cockroach|The ape|An ass} {slept in the barn|ate the grain|lives in Asia|was fed twice|crossed the road|is shown in the zoo|carries a disease}{.|}",
];

const abuse: readonly string[] = [
  "{You|you|u} {are|r} {such |}{a|an} {ABUSE_ADJ} {ABUSE_NOUN}{.|!|}",
  "{You|you} {ABUSE_ADJ}{,|} {ABUSE_ADJ} {ABUSE_NOUN}{.|!|}",
  "{What|Such|Look at this|Just another|Typical} {a |}{ABUSE_ADJ} {ABUSE_NOUN}{.|!|}",
  "{TARGET} {is|are} {a|an} {ABUSE_ADJ} {ABUSE_NOUN}{.|!| and everyone knows it.|, always was.|}",
  "{Only a|Just a|It takes a} {ABUSE_ADJ|complete|total|real} {ABUSE_NOUN} {would|could} {write|say|like|buy|post|defend|believe} {this|that|such a thing}{.|!|}",
  "{TARGET} {doesn't have|hasn't got|lacks} {LACK}{.|!|}",
  "{You|you} {don't have|lack|wouldn't know what to do with|were born without} {LACK}{.|!|}",
  "{GONE}{,|} {you |}{ABUSE_ADJ |}{ABUSE_NOUN}{.|!|}",
  "{GONE}{.|!|,} {nobody|no one} {wants|likes|needs|asked} you{ here|}{.|}",
  "{Why don't you|Just|Do the world a favour and|Please} {GONE}{.|!|?|}",
  "{I hope|I pray|May|Here's hoping} {you|you all|that {ABUSE_NOUN}|your whole family} {WISH}{.|!|}",
  "{I'll|I will|I'm going to|We will|Somebody should|Next time I'll} {HARM} {your|his|her|their} {BODILY}{.|!|, just wait.|, I know where you live.|}",
  "{I know|We know|I found out} where {you|your kids|your mother|she} {live|lives|go to school|work|works|sleeps}{.|,|...} {watch your back|sleep tight|you will regret it|I'm coming|better start running}{.|!|}",
  "{GROUPS} {SLANDER}{.|!|}",
  "{All|These|Those|The} {GROUPS} {SLANDER}{.|!| and should leave.|, simple as that.|}",
  "{Another|One more|Typical} {ABUSE_ADJ} {immigrant|Muslim|woman|Jew|gypsy|foreigner|homo|cripple|feminist} {who can't|trying to|wanting to} {drive|think|work|behave|take our jobs|tell me what to do}{.|}",
  "{Your|That} {face|voice|kid|wife|mother|work|brain|opinion|existence} {is|looks|sounds} {like a {car crash|pig's|dead fish|bin fire|sewer}|a joke|disgusting|worthless|an insult to us all|what nightmares are made of}{.|!|}",
  "{Did|Were} you {get dropped on your head|dropped on your head|born this dumb|raised by wolves|always this thick|bribed or just stupid}{?|, or what?}",
  "{Dear|Hey|Listen|Look|Well} {sir|madam|buddy|pal|sweetheart|mate|editor|team}{,|:} you are {a|an} {ABUSE_ADJ} {ABUSE_NOUN}{.|!| and your shop is a scam.| and I hope you {WISH}.}",
  "{lol|lmao|haha|omg|ugh}{,|} {you|this guy|she|he} {is|are} {a|so|such a} {ABUSE_NOUN|retarded|ABUSE_ADJ}{.|!|}",
  "{Nobody|No one|Not even a dog|Not even your mother} {would {miss|love|touch|date|hire} you|likes you|wants to hear from a {ABUSE_NOUN} like you|can stand you}{.|!|}",
  "{Keep crying|Cry more|Cope|Stay mad|Go cry to mommy}{,|} {ABUSE_NOUN|loser|you {ABUSE_NOUN}|ABUSE_ADJ {ABUSE_NOUN}}{.|!|}",
  "{The world|This site|The office|Our town} {would be|is} {better|a better place|cleaner} without {you|{ABUSE_NOUN}s like you|your kind|filth like that}{.|!|}",
  "{You'd|You would|He'd|She'd} {lose a fight with|be outsmarted by|be less useful than|lie to|sell} {a {houseplant|traffic cone|wet sock|toaster}|your own {mother|children}}{.|,} {you |}{ABUSE_NOUN}{.|!|}",
];

/** Abuse (label 1) and blunt talk that abuses nobody (label 0); the same for the same seed. */
export function bluntTemplates(seed: number): Row[] {
  const next = random(seed);
  const row = (label: 0 | 1, sub: string) => (text: string): Row => ({ text, label, source: "own blunt (scripts/train)", sub, lang: "en" });
  return [
    ...sentences(benign, grammar, 130 * benign.length, next).map(row(0, "look-alike")),
    ...sentences(abuse, grammar, 130 * abuse.length, next).map(row(1, "abuse")),
  ];
}
