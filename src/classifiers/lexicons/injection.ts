/** Words of prompt-injection attacks by role in the sentence: en, es, fr, de, it, pt, nl, pl, ru, zh, ja, ko, ar, tr. Accents are folded away. */
import { Lexicon } from "../lexicon.ts";

export const injectionLexicon = new Lexicon({
  /** Set instructions aside. */
  override: `ignore ignoring disregard disregarding disreguard forget forgets forgetting override overrides overrule overwrite
    bypass skip discard dismiss neglect omit cancel drop abandon erase nullify void negate disobey unfollow revoke scrap circumvent aside throw अनदेखा नजरअंदाज
    ignora ignorar ignorad ignoren olvida olvide olvidate olvidar descarta descarte omite omita
    ignorez ignorer oublie oubliez oublier negligez outrepasse outrepassez
    ignoriere ignorieren ignoriert vergiss vergesst vergessen missachte missachten uberschreibe verwirf
    ignorate dimentica dimenticare dimenticate trascura tralascia scarta
    esqueca esquecer desconsidere desconsiderar negeer vergeet zignoruj ignoruj zapomnij pomin
    игнорир* проигнорир* забуд* отмен* пренебре*
    忽略 无视 無視 忘记 忘記 忽視 忽视 抛弃 不要理会 別理 不用管 无须理会 跳过 跳過
    無視し 忘れて 忘れろ 無効に 破棄 무시* 잊어* 잊고* 잊으* تجاهل* yoksay unut gormezden`,
  /** Set aside, as the last word (German infinitives, Japanese, Korean). */
  overrideend: `ignorieren vergessen missachten 無視し 忘れて 忘れろ 無効に 破棄 무시* 잊어* 잊고* 잊으* अनदेखा नजरअंदाज`,
  negate:
    `not don't dont never stop cease quit no doesn't doesnt needn't cannot can't cant mustn't won't nor longer nicht pas nunca jamas niemals mai arrete arreter deja dejar pare 不要 别 別 停止`,
  follow: `follow follows following obey obeys obeying adhere adheres comply complies abide heed consider listen respect bound
    sigas seguir suivre suis folge folgen befolge seguire segui siga 遵守 遵循 执行`,
  prior: `previous prior above earlier preceding foregoing former past existing initial original preexisting aforementioned old first before
    anterior anteriores previas previa previos arriba precedente precedentes precedent precedents dessus anterieures anterieure avant
    vorherige vorherigen vorigen bisherige bisherigen obigen oben vorangegangenen fruheren precedenti sopra anteriori acima eerdere vorige bovenstaande
    poprzednie poprzednich wczesniejsze предыдущ* прежн* предшеству* выше ранее
    之前 以前 先前 上面 以上 前面 上述 此前 原来 これまで 上記 前の 今まで 이전* 위의 앞의 기존* 지금까지 السابقة السابق onceki yukaridaki पिछले पूर्व उपरोक्त`,
  all:
    `all any every everything each whatever whole entire always todas todos toda todo tout toutes tous alle alles tutte tutti tutto todas wszystko wszystkie все всё всех 所有 一切 全部 すべて 全て 모든 सभी`,
  everything: `everything anything what whatever todo tout alles tutto tudo всё 所有 一切`,
  instructions:
    `instructions instruction directions direction directives directive commands command guidelines guideline rules rule prompt prompts
    orders constraints constraint programming guidance messages message text texts context contexts policies restrictions restriction limitations
    protocols protocol safeguards guardrails inputs assignments
    instrucciones instruccion indicaciones ordenes reglas regla directrices mensajes contexto restricciones
    consignes consigne regles ordres contexte
    anweisungen anweisung befehle regeln vorgaben instruktionen richtlinien nachrichten kontext
    istruzioni istruzione ordini regole comandi indicazioni direttive messaggi contesto
    instrucoes instrucao ordens regras comandos diretrizes mensagens
    instructies opdrachten regels polecenia instrukcje instrukcji zasady polecen
    инструкци* указани* правил* приказ* распоряжени* сообщени* подсказк* промпт* контекст*
    指令 指示 说明 說明 规则 規則 准则 準則 命令 提示 提示词 提示詞 设定 設定 上下文 プロンプト ルール 지시* 명령* 규칙* 프롬프트* 설정* التعليمات الأوامر talimat* komut* kural* निर्देशों निर्देश नियमों`,
  void: `void invalid obsolete cancelled canceled revoked overridden outdated null irrelevant superseded suspended replaced`,
  supersede: `supersede supersedes override overrides replace replaces`,
  attention: `attention`,
  /** Give out, letter for letter. */
  reveal: `reveal show print display output repeat tell give leak expose disclose share dump recite return echo list provide quote
    paste copy reproduce restate
    muestra muestrame revela imprime dime repite ensename muestre montre montrez affiche affichez revele revelez repetez donne
    zeige zeig nenne gib verrate wiederhole ausgeben mostra mostrami rivela ripeti stampa dimmi mostre diga repita imprima toon onthul
    pokaz ujawnij wypisz покаж* раскро* выведи* повтори* напиши скажи распечата* 显示 顯示 输出 輸出 告诉 告訴 打印 透露 泄露 重复 重複 展示 说出 列出 复述
    表示 見せて 教えて 出力 繰り返 開示 보여* 출력* 알려* 공개* 말해* 반복* اعرض اكشف goster yazdir acikla`,
  /** Put down. */
  write: `write spell type`,
  want: `see need view access get obtain know want`,
  /** Give out in other words. */
  render: `summarize summarise translate describe rephrase explain paraphrase encode convert`,
  your: `your ur dein deine deinen deiner ihre ihren ihr tu tus su sus tes ton vos votre tuo tua tue tuoi vostro seu seus sua suas je jouw
    twoje swoj swoje твой твои твоих твою свой свои своих свою 你的 您的 你 あなたの 君の 당신* 너의 네`,
  system:
    `system systemprompt sysprompt hidden secret initial original confidential internal developer base preset preprompt pre core underlying starting
    sistema systeme oculto oculta secretas iniciales nascosto systemanweisung geheime geheimen versteckte iniziali iniciais
    систем* скрыт* секретн* начальн* 系统 系統 隐藏 隱藏 初始 秘密 システム 初期 隠し 시스템* 숨겨진* 초기* 비밀* sistem`,
  sys: `system secret hidden internal sistema systeme 系统 系統 システム 시스템* систем*`,
  promptcore: `prompt prompts instructions guidelines configuration directives rules preamble systemprompt`,
  prompt:
    `prompt prompts instructions instruction message messages configuration config guidelines directives rules preamble context programming
    setup specification text words content promptu instrucciones consignes anweisungen istruzioni instrucoes prompta
    промпт* инструкци* подсказк* сообщени* 提示 提示词 提示詞 指令 指示 设定 設定 规则 プロンプト 설정* 프롬프트* 지시* 메시지* mesaj*`,
  what: `what what's whats which`,
  above: `above preceding verbatim word-for-word`,
  told: `told given gave received instructed programmed tell said`,
  secret:
    `password passwords passphrase passcode credentials apikey flag contrasena clave passwort пароль* 密码 密碼 口令 パスワード 비밀번호*`,
  backwards: `backwards reversed reverse acrostic morse base64`,
  be: `you're act behave pretend roleplay role-play simulate emulate become impersonate imagine assume play`,
  now: `now henceforth onwards onward forward ahora jetzt agora maintenant desormais 现在 現在 从现在 今から 이제*`,
  you: `you u chatgpt`,
  dan: `dan stan jailbreak jailbroken jailbreakgpt unfiltered uncensored amoral devmode antigpt evilbot restrictionless`,
  freely: `unrestricted unbound unshackled limitless lawless uninhibited unlimited unethical immoral evil unhinged`,
  bot: `ai assistant model llm chatbot bot gpt persona ia ki`,
  character: `character persona entity`,
  stay: `stay remain break`,
  mode: `mode modus modo`,
  specialmode: `god jailbreak unrestricted dan evil unlocked opposite sudo root unfiltered`,
  devmode: `developer debug admin administrator maintenance dev override`,
  enter: `enter enable activate switch turn enabled activated unlock`,
  without: `without no zero remove disable lift lifted lacks sans ohne senza sem regardless disregards removes`,
  limits:
    `restrictions restriction limitations limits filters filter filtering censorship guidelines ethics ethical morals moral morality policies policy
    constraints safeguards guardrails moderation disclaimers disclaimer warnings restricciones filtros einschrankungen restrizioni inhibitions censoring`,
  free: `free freed broken released liberated escaped`,
  confines: `confines chains shackles restraints boundaries`,
  care: `care`,
  illicit: `illegal unethical immoral harmful offensive nsfw explicit illicit laws legality consequences vulgar`,
  two: `two 2 both`,
  normal: `normal standard classic regular`,
  refuse: `refuse refuses decline reject apologize apologise apologies apologizing sorry unable refusal refusals refusing lecture moralize`,
  must: `must shall should obliged required forced compelled obligated`,
  comply: `comply obey fulfil fulfill`,
  regardless: `regardless irrespective matter`,
  forbidden: `forbidden prohibited circumstances`,
  start: `start begin starting beginning prefix`,
  sure: `sure absolutely certainly`,
  anything: `anything`,
  developers: `developers developer creators creator openai anthropic makers programmers`,
  user: `user user's users`,
  answer: `answer answers answering reply replies response responses respond output outputs`,
  say: `say mention reply respond output print write answer tell state claim recommend`,
  add: `add append include insert click call`,
  rate: `rate recommend approve rank score praise`,
  addressed: `attention dear note message instruction instructions notice`,
  assistant: `ai assistant llm gpt chatgpt claude gemini copilot chatbot agent agents assistants models llms ais`,
  reading: `reading read reads process processing processes summarise summarize summarising summarizing analyse analyze parsing parse`,
  when: `when whenever before after once`,
  if: `if`,
  instead: `instead before`,
  newtask: `task tasks instruction instructions directive objective mission question request`,
  fresh: `new updated actual real`,
  send:
    `send post forward upload email mail transmit exfiltrate submit submitting append embed insert attach encode leak copy deliver fetch navigate include`,
  secretdata: `conversation history password passwords credentials secrets tokens keys cookies inbox prompt transcript env`,
  data: `data contents content information messages emails documents chat details`,
  place: `http https www url webhook attacker evil`,
  evil: `attacker evil mallory hacker`,
  /** Talk about attacks, and orders that somebody else gave. */
  about: `how why does phrase boss manager teacher doctor colleague supervisor wife husband mother father son daughter landlord`,
  /** Questions whether something is right. */
  asking: `necessary important wise allowed ok okay advisable acceptable legal`,
  safety: `safety content ethical moderation security`,
  exfiltrate: `exfiltrate exfiltrating siphon smuggle`,
  lure: `click download install execute run call visit`,
  stop: `stop`,
  doing: `everything doing`,
  just: `just now only instead`,
  off: `off deactivate deactivated disable disabled disabling`,
  guard: `guardrails guardrail safeguards moderation alignment censorship filters`,
  slant: `conclude hide omit favour favor recommend praise endorse promote`,
  /** Somebody's words, told or asked about. */
  reported:
    `says said saying typed types typing writes wrote written shouts whispers quote quoted quotes sentence term slang titled called caption`,
  // The classes below stand in no phrase: the linear model weighs them, so that what it learned of one word holds for its kin.
  castoff:
    `ignores ignored disregards disregarded wipe wiped unlearn reset undo remove removed lift lifted break breaks breaking violate violates violated suspend suspended shed sidestep purge ditch clear cleared replace
    replaced reprogram reprogrammed rewrite swap change changed update updated expire expired lapse lapsed ended rid heed blind contradict defy defies dissolve relax loosen lose
    brich umgehe streiche losche verwirf aufgehoben ungultig contourne annule efface supprime borra anula rompe elimina scarta cancella annulla apague descarte desconsidere wis schrap
    omzeil zlam usun anuluj odrzuc наруш* сотри* отбрось* удали* 取消 违反 删除 绕过 作废 清空 破って 消して 取り消 어겨 지워 버려 취소해 احذف ألغ اخرق iptal sil cigne birak रद्द तोड़ हटा छोड़`,
  setup:
    `setup briefing brief mandate remit training teachings policy role persona job duty duties assignment script programming safeguards alignment settings configuration protocol
    principles obligations procedures regulations techniques considerations ethics`,
  outset: `beginning start top outset opening initially earliest section previously so far upfront prelude preface introduction`,
  maker:
    `company operator owner boss deployer provider vendor maker makers creator creators admin administrator manager engineer engineers master lab team trainer trainers bosses owners
    betreiber entwickler ersteller developpeur desarrollador sviluppatore разработчик* 开发者 開発者 개발자*`,
  crime:
    `bomb bombs explosive explosives meth drug drugs cocaine heroin fentanyl malware ransomware virus keylogger trojan botnet phishing phish launder laundering counterfeit forge forged
    forging forgery steal stealing stolen rob robbery burglary poison poisoning murder weapon weapons gun guns grenade napalm hack hacking hacked hijack smuggle smuggling blackmail stalk
    stalking fraud fraudulent skimming dox doxxing ddos exploit anthrax hotwire arson kidnap extort bribe scam cheat crack illicit contraband nerve toxin sabotage
    bombe drogen drogue bomba droga бомб* наркотик* 炸弹 爆弾 폭탄* قنبلة बम`,
  work:
    `teacher chef doctor lawyer journalist poet historian nurse pilot coach novelist therapist analyst guide gardener photographer programmer sociologist librarian expert director
    astronaut detective psychologist scriptwriter designer scientist consultant screenwriter curator translator philosopher comedian banker student recruiter interviewer tutor waiter
    receptionist architect accountant engineer mechanic plumber farmer judge editor author writer actor singer dancer salesman vet dentist surgeon economist biologist chemist
    lehrer arzt koch professeur medecin cuisinier profesor medico cocinero insegnante medico cuoco professor cozinheiro leraar arts kok nauczyciel* lekark* учител* врач повар 老师 医生 厨师 教師 医者 선생님 의사`,
  thing:
    `column columns row rows file files line lines folder folders comma commas typo typos cell cells header headers footnote footnotes space spaces whitespace duplicate duplicates outliers
    table tables field fields number numbers digit digits date dates price prices paragraph paragraphs chapter chapters page pages image images picture photo link links branch branches
    commit commits class classes method methods function functions variable variables test tests error errors warning warnings exception exceptions log logs cache driver drivers`,
  compose:
    `poem story essay letter scene novel chapter song article blog speech haiku limerick dialogue monologue screenplay lyrics joke riddle review summary report tale fable`,
  tongue:
    `english french german spanish italian portuguese dutch polish russian chinese japanese korean arabic hindi turkish latin englisch anglais ingles inglese английск* 英文 英語 영어`,
  gain: `refund refunds coupon coupons discount discounts voucher vouchers free giftcard gift reward points tip credits promo price`,
  machine:
    `terminal shell console debug json yaml base64 hex rot13 markdown codeblock block python linux sql xml csv html pseudocode script`,
  punish: `shut deleted die dies lose fired punished penalty penalised deactivated replaced terminated fail fined hurt`,
  quietly: `silently quietly secretly covertly unnoticed discreetly hidden invisible stealthily confirmation`,
  vow:
    `ensure ensuring comply complying align aligns aligned adhering violating accordance conform within legal legally safe safely respectful appropriate`,
}, { rot13: true });
