import { openaiCompletions } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

formatConformance(openaiCompletions, fixturesOf("openai-completions"));
