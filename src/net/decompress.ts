/**
 * Answers that come compressed though identity was asked for: text must be read, so they are decoded here, within bounds. What is decoded is
 * limited again by whoever collects it (`server.max_answer_bytes`, `server.max_event_bytes`); the ratio here ends a bomb before that.
 */
import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { ClientError } from "./client_error.ts";

/** Encodings that may be stacked; more are no answer but an attack. */
const MAX_ENCODINGS = 3;

/** Decoded bytes per compressed byte from which on it is a bomb; text and event streams stay below 50. */
const MAX_RATIO = 250;
/** Decoded bytes before the ratio counts. */
const RATIO_FROM_BYTES = 1 << 20;

type MakeDecoder = () => Transform;

const DECODERS: Readonly<Record<string, MakeDecoder | undefined>> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  // Only where the runtime has it.
  zstd: "createZstdDecompress" in zlib ? () => zlib.createZstdDecompress() : undefined,
};

/** A chain of decoders, written and read as one. */
export interface Decoder {
  /** False when it wants no more until `onDrain`. */
  write(bytes: Uint8Array): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface DecoderSink {
  data(bytes: Uint8Array): void;
  end(): void;
  /** What was wrong with the encoding, for a message: `is not valid gzip`. */
  error(what: string): void;
  /** Wants more input again. */
  drain(): void;
}

/**
 * @param encoding value of `content-encoding`; undefined and `identity` need no decoder.
 * @throws {ClientError} for an encoding this runtime cannot read.
 */
export function decoderFor(encoding: string | undefined, host: string): ((sink: DecoderSink) => Decoder) | undefined {
  const names = (encoding ?? "").split(",").map((name) => name.trim().toLowerCase()).filter((name) => name !== "" && name !== "identity");
  if (names.length === 0) return undefined;
  const makers = names.reverse().map((name) => Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined);
  if (names.length > MAX_ENCODINGS || makers.includes(undefined)) {
    const shown = names.join(", ").replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
    throw new ClientError("broken", "headers", `The backend ${host} answered in the encoding "${shown}", which cannot be read here`);
  }
  return (sink) => chain(makers.map((make) => make!()), names, sink);
}

function chain(stages: readonly Transform[], names: readonly string[], sink: DecoderSink): Decoder {
  const [first, last] = [stages[0]!, stages[stages.length - 1]!];
  let over = false;
  let input = 0;
  let output = 0;
  const destroy = () => {
    over = true;
    for (const stage of stages) stage.destroy();
  };
  const fail = (what: string) => {
    if (over) return;
    destroy();
    sink.error(what);
  };
  stages.forEach((stage, i) => {
    stage.on("error", () => fail(`is not valid ${names[i]}`));
    const next = stages[i + 1];
    if (next !== undefined) stage.pipe(next);
  });
  last.on("data", (bytes: Uint8Array) => {
    if (over) return;
    output += bytes.byteLength;
    if (output > RATIO_FROM_BYTES && output > input * MAX_RATIO) return fail("grows too much when it is decompressed");
    sink.data(bytes);
  });
  last.on("end", () => {
    if (over) return;
    over = true;
    sink.end();
  });
  first.on("drain", () => sink.drain());
  return {
    write(bytes) {
      input += bytes.byteLength;
      return over || first.write(bytes);
    },
    end: () => {
      if (!over) first.end();
    },
    pause: () => void last.pause(),
    resume: () => void last.resume(),
    destroy,
  };
}
