import { openaiChat } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

formatConformance(openaiChat, fixturesOf("openai-chat"));
