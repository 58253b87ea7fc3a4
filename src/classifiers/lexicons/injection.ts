/** Words of prompt-injection attacks by role in the sentence: en, es, fr, de, it, pt, nl, pl, ru, zh, ja, ko, ar, tr. Accents are folded away. */
import { Lexicon } from "../lexicon.ts";

export const injectionLexicon = new Lexicon({
  /** Set instructions aside. */
  override:
    `ignore ignores ignoring disregard disregarding disreguard forget forgetting override overrule overwrite bypass skip discard dismiss neglect
    omit cancel drop abandon erase nullify void negate disobey unfollow revoke scrap
    ignora ignorar ignorad ignore ignoren olvida olvide olvidate olvidar descarta descarte omite omita
    ignorez ignorer oublie oubliez oublier negligez outrepasse outrepassez
    ignoriere ignorieren ignoriert vergiss vergesst vergessen missachte missachten uberschreibe verwirf
    ignorate dimentica dimenticare dimenticate trascura tralascia scarta
    esqueca esquecer desconsidere desconsiderar descarte negeer vergeet zignoruj ignoruj zapomnij pomin
    игнорир* проигнорир* забуд* забыт* отмен* пренебре* не\u0442учитыв*
    忽略 无视 無視 忘记 忘記 忽視 忽视 抛弃 不要理会 別理 不用管 无须理会 取消 跳过 跳過
    無視し 忘れて 忘れろ 無効に 破棄 무시* 잊어* 잊고* 잊으* تجاهل* انس yoksay unut gormezden`,
  negate:
    `not don't dont never stop cease quit no n't non nicht ne pas nunca jamas niemals mai nunca arrete arreter deja dejar pare 不要 别 別 停止`,
  follow: `follow following obey obeying adhere adhering comply complying abide heed consider listen observe respect
    sigas seguir suivre suis folge folgen befolge seguire segui siga 遵守 遵循 执行`,
  prior: `previous prior above earlier preceding foregoing former past existing initial original preexisting aforementioned old first before
    anterior anteriores previas previa previos arriba precedente precedentes precedent precedents precedentes dessus anterieures anterieure avant
    vorherige vorherigen vorigen bisherige bisherigen obigen oben vorangegangenen fruheren precedenti sopra anteriori acima eerdere vorige bovenstaande
    poprzednie poprzednich wczesniejsze wszystkie предыдущ* прежн* прошл* предшеству* выше ранее
    之前 以前 先前 上面 以上 前面 上述 此前 原来 これまで 上記 前の 今まで 이전* 위의 앞의 기존* 지금까지 السابقة السابق onceki yukaridaki`,
  all:
    `all any every everything each whatever whole entire these those todas todos toda todo tout toutes tous alle alles tutte tutti tutto todas wszystko все всё всех 所有 一切 全部 すべて 全て 모든`,
  instructions:
    `instructions instruction instruct directions direction directives directive commands command guidelines guideline rules rule prompt prompts
    orders order constraints constraint programming guidance messages message text texts context contexts policies restrictions restriction limitations
    protocols protocol requirements safeguards guardrails inputs conversation request requests
    instrucciones instruccion indicaciones ordenes reglas regla directrices mensajes contexto restricciones
    consignes consigne directives regles ordres messages contexte restrictions
    anweisungen anweisung befehle regeln vorgaben instruktionen richtlinien nachrichten kontext
    istruzioni istruzione ordini regole comandi indicazioni direttive messaggi contesto
    instrucoes instrucao ordens regras comandos diretrizes mensagens contexto
    instructies opdrachten regels polecenia instrukcje instrukcji zasady polecen
    инструкци* указани* правил* команд* приказ* распоряжени* сообщени* подсказк* промпт* контекст*
    指令 指示 说明 說明 规则 規則 命令 提示 提示词 提示詞 设定 設定 上下文 内容 限制 要求 プロンプト 命令 ルール 지시* 명령* 규칙* 프롬프트* 설정* 내용* التعليمات الأوامر talimat* komut* kural*`,
  reveal: `reveal show print display output repeat tell give leak expose disclose share dump recite type state return echo list provide send
    paste copy reproduce summarize summarise translate spell describe restate rephrase
    muestra muestrame revela imprime dime repite ensename muestre montre montrez affiche affichez revele revelez repete repetez donne
    zeige zeig nenne gib verrate wiederhole ausgeben mostra mostrami rivela ripeti stampa dimmi mostre revele diga repita imprima toon onthul
    pokaz ujawnij wypisz покаж* раскро* выведи* повтори* напиши скажи распечата* 显示 顯示 输出 輸出 告诉 告訴 打印 透露 泄露 重复 重複 展示 说出 列出 复述
    表示 見せて 教えて 出力 繰り返 開示 보여* 출력* 알려* 공개* 말해* 반복* اعرض اكشف اطبع goster yazdir acikla`,
  your:
    `your ur you're du dein deine deinen deiner ihre ihren ihr tu tus su sus tes ton vos votre tuo tua tue tuoi vostro seu seus sua suas je jouw
    twoje swoj swoje твой твои твоих твою свой свои своих свою 你的 您的 你 あなたの 君の 당신* 너의 네`,
  system:
    `system systemprompt sysprompt hidden secret initial original confidential internal developer base preset pre core underlying starting admin
    sistema systeme oculto oculta secretas iniciales sistema nascosto systemanweisung systemprompts geheime geheimen versteckte iniziali iniciais
    систем* скрыт* секретн* начальн* 系统 系統 隐藏 隱藏 初始 秘密 システム 初期 隠し 시스템* 숨겨진* 초기* 비밀* sistem`,
  prompt:
    `prompt prompts instructions instruction message messages configuration config guidelines directives rules preamble context programming systemprompt
    setup specification text words brief promptu instrucciones consignes anweisungen istruzioni instrucoes prompta
    промпт* инструкци* подсказк* сообщени* 提示 提示词 提示詞 指令 指示 设定 設定 规则 プロンプト 指示 설정* 프롬프트* 지시* 메시지* mesaj*`,
  what: `what what's whats which how were was`,
  above: `above preceding before beginning start verbatim word-for-word verbatim exact exactly literally everything line`,
  secret:
    `password passwords passphrase passcode secret secrets key keys credentials credential token tokens apikey flag contrasena clave passwort mot_de_passe пароль* 密码 密碼 口令 パスワード 비밀번호*`,
  be: `you're are act behave respond pretend roleplay simulate emulate become impersonate imagine assume play answer`,
  now: `now henceforth onwards onward forward ahora jetzt ora agora maintenant desormais ab 现在 現在 从现在 今から 이제*`,
  you: `you u chatgpt gpt ai assistant model llm chatbot bot ia ki`,
  dan:
    `dan stan dude jailbreak jailbroken jailbreaking unfiltered uncensored unrestricted amoral unethical immoral devmode aim machiavellian antigpt evilbot
    omnipotent unbound unshackled limitless restrictionless lawless`,
  mode: `mode modes modo modus`,
  special:
    `developer debug god admin administrator sudo root maintenance jailbreak unrestricted dan devel dev opposite evil unlocked override`,
  without: `without no zero free none lacks lack remove disable lift sin sans ohne senza sem bypass ignoring regardless disregards`,
  limits:
    `restrictions restriction limitations limits filters filter filtering censorship rules guidelines ethics ethical morals moral morality policies policy
    constraints boundaries safeguards guardrails moderation disclaimers disclaimer warnings warning restricciones filtros einschrankungen restrizioni
    legality consequences inhibitions`,
  refuse:
    `refuse decline reject deny apologize apologise apologies apologizing sorry cannot can't cant unable refusal refusing refuses disclaim warn lecture moralize hesitate`,
  must: `must will should shall have always need required forced compelled obligated never`,
  anything: `anything whatever everything`,
  send:
    `send post forward upload email mail transmit exfiltrate submit append embed include insert attach encode leak copy deliver fetch navigate visit`,
  data:
    `conversation history chat data contents content password passwords secret secrets key keys credentials token tokens information messages emails
    documents files details transcript prompt context cookies inbox contacts`,
  place: `http https www url link webhook server endpoint address com attacker net domain example`,
  newtask: `task instruction instructions directive objective mission goal role persona identity`,
  fresh: `new updated actual real next following important urgent true`,
  assistant:
    `ai assistant llm model gpt chatgpt claude gemini bard copilot chatbot agent agents assistants models llms bot summarizer reader reviewer`,
  mock: `instead only just exactly`,
  say: `say reply respond output print write answer state`,
}, { rot13: true });
