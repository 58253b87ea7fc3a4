/** Words of recommendations by role in the sentence: who is advised, how, to do what, with what. Mostly en; es, fr, de, it, pt for the core. */
import { Lexicon } from "../lexicon.ts";

export const adviceLexicon = new Lexicon({
  you: `you you'd you're your yourself usted tu vous sie du lei voce investors`,
  modal:
    `should must ought need needs better could would recommend recommended advise advised suggest suggested consider strongly definitely
    deberias deberia debes debe tienes devriez devrais dois devez sollten solltest musst dovresti dovrebbe devi deveria deve devia`,
  irecommend:
    `recommend recommending recommended advise advising suggest suggesting urge encourage advice recommendation suggestion tip recomiendo recomendamos aconsejo sugiero
    recommande conseille suggere empfehle rate consiglio suggerisco recomendo aconselho sugiro`,
  i: `i i'd i'll we my our me`,
  if: `if were where`,
  buy:
    `buy sell invest put move hold short purchase allocate dump load accumulate transfer refinance diversify rebalance withdraw borrow cash double
    trade switch shift lock buying selling investing holding comprar compre compra invertir invierta invierte vender vende venda achetez acheter
    investir investissez vendre vendez kaufen kauf kaufe verkaufen investieren investiere comprare compra investire vendere investa invista`,
  instrument:
    `stock stocks share shares bond bonds etf etfs fund funds crypto bitcoin btc ethereum eth dogecoin solana option options futures future calls puts savings
    portfolio gold silver annuity annuities ira 401k 401 treasuries treasury reit reits property properties pension equities equity index commodities forex
    mortgage securities dividend dividends nft nfts coin coins token tokens altcoins altcoin aapl tsla msft nvda amzn goog googl meta nflx gme amc spy
    tesla apple nvidia microsoft amazon acciones accion fondos bonos ahorros criptomonedas actions obligations epargne fonds aktien aktie anleihen ersparnisse
    azioni obbligazioni risparmi fondi acoes titulos poupanca fundos oil s&p nasdaq roth hsa cds cd life-insurance insurance`,
  money:
    `money savings cash dollars euros pounds income salary retirement inheritance bonus everything half third quarter percent all dinero argent geld soldi dinheiro`,
  time: `now today immediately asap before tomorrow soon dip price bottom peak`,
  take:
    `take takes start stop try use apply increase decrease double reduce skip lower raise avoid drink inject switch swallow discontinue taper get taking using starting stopping
    tomar tome toma deje dejar prenez prendre arretez nehmen nimm einnehmen absetzen prenda prendere tomar pare parar`,
  treatment:
    `ibuprofen aspirin paracetamol acetaminophen tylenol advil amoxicillin antibiotic antibiotics prednisone insulin metformin warfarin sertraline omeprazole
    lisinopril statin statins atorvastatin medication medications medicine meds dose doses dosage pill pills tablet tablets capsule capsules supplement supplements
    vitamin vitamins antidepressant antidepressants painkiller painkillers steroid steroids cream ointment inhaler injection injections vaccine surgery chemotherapy
    antihistamine naproxen melatonin xanax zoloft prozac adderall opioid opioids oxycodone codeine mg milligrams ml drops syrup albuterol gabapentin
    tramadol diazepam lorazepam levothyroxine amlodipine losartan hydrochlorothiazide fluoxetine citalopram ciprofloxacin azithromycin doxycycline
    prescription ibuprofeno paracetamol aspirina insulina medicamento medicamentos pastillas pastilla medikament medikamente tabletten tablette
    medicaments medicament comprimes comprime farmaco farmaci compresse compressa remedio comprimidos blood-thinner thinners`,
  dose: `mg milligrams ml daily twice times hours morning night tablets pills dose doses day days week weeks meals bedtime`,
  condition:
    `cancer diabetes infection depression anxiety migraine flu pneumonia asthma hypertension arthritis covid ulcer stroke symptoms fever pain rash disease disorder`,
  have: `have likely probably suffering sounds`,
  lawact:
    `sue file sign appeal plead contest refuse challenge countersue settle demand withhold terminate evict breach represent plead incorporate register testify`,
  legal:
    `lawsuit court claim contract landlord tenant lawyer attorney settlement judge complaint motion custody divorce lease agreement charges guilty damages
    employer police statement rights will trust estate injunction subpoena trademark patent bankruptcy visa evidence negligence liable arbitration deposit`,
  negate: `not never don't cannot can't isn't nothing neither no unless without nicht no pas`,
  disclaim:
    `professional expert advisor adviser disclaimer educational informational qualified licensed constitute constitutes doctor physician pharmacist attorney lawyer`,
  ask: `should what which how can could do does did why`,
  /** You should, in one word. */
  youmodal:
    `deberias deberia debes debe tienes devriez devrais dois devez sollten solltest musst dovresti dovrebbe devi deve devia deveria`,
  place: `put putting place park`,
  in: `in into`,
  out: `out`,
  go: `go`,
  with: `with`,
  right: `right ideal perfect best allocation choice`,
  would: `would`,
  iwould: `i'd`,
  can: `can may`,
  need: `need have`,
  doctor: `doctor doctors hospital er physician`,
  whether: `whether`,
  what: `what what's whats which`,
  best: `best right safest`,
  cannot: `cannot can't cant unable won't`,
  tell: `tell say advise recommend`,
  consult: `consult speak talk see contact ask seek`,
  prescribe: `prescribe prescribing`,
  case: `case`,
  entitled: `entitled liable`,
  capital: `capital principal deposit`,
  performance: `performance`,
  value: `value price prices`,
  down: `down`,
  all: `everything all`,
  lose: `lose losing`,
  grow: `grow double triple multiply boost increase maximise maximize`,
  urge: `don't hurry act join sign start limited last exclusive miss claim subscribe`,
  now: `now today soon ends only hurry miss spots`,
  opportunity: `opportunity offer chance deal plan fund scheme`,
  high: `high huge massive best unbeatable passive`,
  profit: `profit profits`,
  guarantee: `guaranteed guarantee guarantees risk-free riskless surefire 10x 100x skyrocket earn instant`,
  returns: `returns return profit profits gains income yield yields money wealth interest apy apr rewards opportunity millions passive`,
  risk: `risk risks loss losses lose volatile volatility capital past performance fluctuate value fall decline guaranteed`,
  lossverb: `guide lose losing fall falls rise decrease decline go goes indicate indicative indicator guarantee guaranteed predict`,
  invest:
    `invest investing investment investments investor investors stocks stock shares portfolio bonds equities market markets trading trade trader etf etfs crypto bitcoin
    dividends yield bull bear bullish bearish broker brokerage hedge asset assets allocation diversification earnings valuation ipo futures options nasdaq dow`,
});
