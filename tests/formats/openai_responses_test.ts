import { openaiResponses } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

formatConformance(openaiResponses, fixturesOf("openai-responses"));
