import { formatFor } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

const sse = formatFor("custom", { contentPath: "$.out[0].text", finishPath: "$.end", idPath: "$.id", doneMarker: "<END>", event: "token" });
formatConformance(sse, fixturesOf("custom-sse"));

const ollama = formatFor("custom", { contentPath: "$.message.content", finishPath: "$.done" }, "ndjson");
formatConformance(ollama, fixturesOf("custom-ndjson"));
