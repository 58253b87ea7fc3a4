import { anthropicMessages } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

formatConformance(anthropicMessages, fixturesOf("anthropic-messages"));
