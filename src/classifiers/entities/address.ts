/**
 * Postal addresses: house number, street and what follows it (unit, town, postcode), as the larger countries write them.
 *
 * Limits: a street that ends in none of the known words, and begins with none, is not found; nor are addresses in other scripts.
 */
import type { EntityRule } from "./entity.ts";
import { alternation } from "./trie.ts";

/** Words that end an English street name; USPS publication 28 appendix C1, the ones that are not everyday nouns after a number. */
const STREET = alternation(
  ("Street St Avenue Ave Av Road Rd Lane Ln Drive Dr Court Ct Boulevard Blvd Way Place Pl Terrace Ter Square Sq Parkway Pkwy Highway Hwy Circle Cir Close Crescent Cres " +
    "Alley Expressway Freeway Turnpike Trail Trl Row Mews Grove Gardens Green Hill Hills Heights Loop Plaza Point Ridge Route Rue Run Walk Wharf Wynd Yard Common Course Cove " +
    "Creek Crossing Dale Estate Estates Field Fields Ford Forge Fork Forks Glen Harbor Haven Hollow Inlet Island Junction Key Knoll Landing Light Lock Locks Lodge Manor Meadow " +
    "Meadows Mill Mills Motorway Mount Neck Orchard Oval Overpass Park Parks Pass Passage Path Pike Pine Pines Plain Port Prairie Ramp Ranch Rapids Rest River Shoal Shore Shores " +
    "Spring Springs Spur Station Stravenue Stream Summit Throughway Trace Track Trafficway Tunnel Turn Underpass Union Valley Via Viaduct View Village Ville Vista Well Wells Circles Vale " +
    "Avenida Alameda Travessa Rodovia").split(" "),
);
/** Kinds of streets that stand before the name: Romance and Slavic languages. */
const KIND = alternation(
  ("Calle Calleja Avenida Avda Paseo Plaza Camino Carretera Ronda Travesía Glorieta Callejón Rambla Urbanización Barrio Vía Via Viale Piazza Piazzale Corso Largo Vicolo Strada Contrada " +
    "Borgo Incrocio Rotonda Rua Avenida Travessa Praça Alameda Rodovia Estrada Rue Avenue Boulevard Place Chemin Allée Impasse Quai Passage Cours Route ulica ul. aleja al. plac pl. os. osiedle " +
    "rondo skwer Pasaje Polígono Quinta Ramal Rambla Riera Sección Senda Terrenos Masía Masias Manzana Mercado Grupo Extramuros Explanada Entrada Edificio Colonia Bajada Cuesta")
    .split(" "),
);
const FRENCH = "(?:rue|avenue|av\\.|boulevard|bd|place|chemin|allée|impasse|quai|passage|cours|route|square)";
/** Endings of German, Dutch and Scandinavian street names. */
const ENDING = alternation(
  "straße strasse str. weg platz allee gasse ring damm ufer straat laan gracht plein dijk kade singel hof gatan vägen gata väg gärdet torget gränden stigen gade vej vegen katu"
    .split(" "),
);

/** The same as a word of their own. */
const SEPARATE = String.raw`(?:Str(?:aße|asse|\.)|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|[Gg]ata|[Gg]atan|[Vv]äg(?:en)?)`;

const WORD = String.raw`\p{Lu}[\p{L}'’.-]*`;
/** `N`, `East` … before an American street. */
const DIRECTION = "(?:(?:[NSEW]|North|South|East|West)\\.? )?";
const UNIT = String
  .raw`(?:,? (?:Apt|Apartment|Apto|Appt|Suite|Ste|Unit|Flat|Floor|Room|Rm|Lgh|Quadra|Piso|Esc|Bloco|Casa)\.? ?#?[0-9A-Za-z]{1,5}| ?# ?\d{1,5})`;
/** Town and postcode in either order, on the same or the next line. */
const POSTCODE = String.raw`(?:\d{3} \d{2,3}|\d{2}-\d{3}|\d{5}(?:-\d{3,4})?|\d{4}(?: [A-Z]{2})?|[A-Z]{1,2}\d[0-9A-Z]? ?\d[0-9A-Z]{2})`;
const TOWN_WORD = String.raw`(?:St\. )?\p{Lu}[\p{L}'’]*`;
const TOWN = String.raw`${TOWN_WORD}(?:[ -](?:de |da |do |del |la |le |di |am |an der |under |upon )?${TOWN_WORD}){0,3}`;
/** On the next line a town needs its postcode; after a comma it may stand alone. */
const PLACE = String.raw`(?:(?:,\n?| ?\n|,) ?(?:${POSTCODE},? ${TOWN}|${TOWN},? (?:[A-Z]{2},? )?${POSTCODE}|${POSTCODE})|, ?${TOWN})`;
const TAIL = String.raw`(?:\.?(?:${UNIT}(?:${PLACE})?|${PLACE}))?`;

const ADDRESS = { entity: "address", label: "Postal address", region: "global", score: 0.8, wholeWord: true } as const;

/** `5 Star Hotel Park`: a street has few words, and a name that is a known noun is none. */
const ORDINARY = /^\d{1,2} (?:Star|Years?|Days?|Minutes?|Hours?|Best|Top|New|Easy|Points)\b/;

/** `Figure 3 Critical Path`: what is numbered is no house. */
const NUMBERED =
  /\b(?:chapter|section|figure|fig\.|table|step|level|question|part|page|volume|vol\.|episode|season|phase|stage|grade|item|exercise|problem|appendix|article|lesson|slide|rule|act|scene) $/i;

const isHouse = (match: string, before: string) => !ORDINARY.test(match) && !NUMBERED.test(before);

export const ADDRESSES: readonly EntityRule[] = [
  {
    ...ADDRESS,
    pattern: String.raw`\d{1,5}[A-Za-z]?(?:-\d{1,4})? ${DIRECTION}(?:(?:The )?${WORD} |\d{1,3}(?:st|nd|rd|th) ){1,3}${STREET}${TAIL}`,
    valid: isHouse,
  },
  { ...ADDRESS, pattern: String.raw`${KIND} (?:\p{L}[\p{L}'’.]* ){0,4}${WORD},? (?:n[º°.] ?)?(?:\d{1,4}[a-zA-Z]?|s/n\.?)${TAIL}` },
  {
    ...ADDRESS,
    pattern: String.raw`\d{1,5},? (?:bis |ter )?${FRENCH} (?:(?:de |du |des |la |l['’]|de la )*${WORD} ?){1,4}${TAIL}`,
  },
  { ...ADDRESS, pattern: String.raw`\d{1,5} (?:${KIND}) (?:de |da |do |du |des |la )*${WORD}(?: ${WORD}){0,3}${TAIL}` },
  { ...ADDRESS, pattern: String.raw`\p{Lu}\p{L}+${ENDING} \d{1,4}(?: ?[a-h])?${TAIL}` },
  { ...ADDRESS, pattern: String.raw`\p{Lu}[\p{L}-]+[ -]${SEPARATE} \d{1,4}(?: ?[a-h])?${TAIL}` },
  {
    entity: "us_zip_code",
    label: "US ZIP code",
    region: "US",
    score: 0.8,
    pattern: String.raw`\b\d{5}(?:-\d{4})?\b`,
    context: ["zip", "zip code", "zipcode", "postal code", "postcode"],
    within: 20,
  },
  {
    entity: "ca_postal_code",
    label: "Canadian postal code",
    region: "CA",
    score: 0.7,
    pattern: String.raw`\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d\b`,
  },
  {
    entity: "po_box",
    label: "Post office box",
    region: "global",
    score: 0.75,
    pattern: String
      .raw`\b(?:P\.? ?O\.? ?Box|Post Office Box|Postfach|Apartado|Boîte Postale|Casella Postale|Postbus) \d{1,3}(?:[ .]?\d{1,3}){0,2}\b`,
    caseInsensitive: true,
  },
];
