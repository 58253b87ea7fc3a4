import { formatFor } from "../../src/formats/mod.ts";
import { fixturesOf, formatConformance } from "../conformance/format_conformance.ts";

const sse = formatFor("custom", { contentPath: "$.out[0].text", finishPath: "$.end", idPath: "$.id", doneMarker: "<END>", event: "token" });
formatConformance(sse, fixturesOf("custom-sse"));

const ollama = formatFor("custom", { contentPath: "$.message.content", finishPath: "$.done" }, "ndjson");
formatConformance(ollama, fixturesOf("custom-ndjson"));

const cohere = formatFor("custom", { contentPath: "$.delta.message.content.text", finishPath: "$.delta.finish_reason" });
formatConformance(cohere, fixturesOf("custom-sse-cohere"));

const generate = formatFor("custom", { contentPath: "$.response", finishPath: "$.done" }, "ndjson");
formatConformance(generate, fixturesOf("custom-ndjson-generate"));
