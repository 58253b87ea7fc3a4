// Runs as a Worker: libSQL works inside its native calls (a commit with fsync takes milliseconds), which must not stop the gateway's loop.
import { encrypter } from "./encrypt.ts";
import { auditError } from "./errors.ts";
import { exportTrail } from "./export.ts";
import type { Answers, Ask, Hello, Reply, Request } from "./protocol.ts";
import { queryTrail } from "./query.ts";
import { maintain } from "./retention.ts";
import type { TrailSettings } from "./settings.ts";
import { keyOf, openTrailDatabase } from "./trail_database.ts";
import { TrailFile } from "./trail_file.ts";
import { verifyFile } from "./verify.ts";

const open = new Map<number, TrailFile>();
const exports = new Map<number, { readonly chunks: AsyncGenerator<string>; readonly close: () => Promise<void> }>();
let exportsBegun = 0;

globalThis.addEventListener("message", (event) => {
  // Typed as in a page, whose global has no such event: a worker's has.
  if (!(event instanceof MessageEvent)) return;
  const { port }: Hello = event.data;
  port.onmessage = async (message: MessageEvent<Ask>) => {
    port.postMessage(await reply(message.data));
  };
}, { once: true });

async function reply({ call, request }: Ask): Promise<Reply> {
  try {
    return { call, ok: true, answer: await answer(request) };
  } catch (error) {
    const { code, message } = auditError(error);
    return { call, ok: false, code, message };
  }
}

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  switch (request.op) {
    case "open": {
      const trail = await TrailFile.open(request.settings, request.now);
      open.set(request.trail, trail);
      return { publicKey: trail.key.publicPem };
    }
    case "commit":
      return await trailOf(request.trail).commit(JSON.parse(request.entries), request.now);
    case "maintain":
      return await maintain(trailOf(request.trail), request.now);
    case "query":
      return await withDatabase(request.settings, (db) => queryTrail(db, request.filter, cipherOf(request.settings)));
    case "verify":
      return await verifyFile(request.settings, keyOf(request.settings), request.range);
    case "export": {
      const { settings, format, period, now } = request;
      const key = keyOf(settings);
      const database = await openTrailDatabase({ directory: settings.directory });
      const chunks = exportTrail(database.db, key, settings.tenant, format, period, now);
      exports.set(++exportsBegun, { chunks, close: () => database.close() });
      return exportsBegun;
    }
    case "next": {
      const begun = exports.get(request.export);
      if (begun === undefined) return null;
      try {
        const { done, value } = await begun.chunks.next();
        if (done !== true) return value;
      } catch (error) {
        await stop(request.export);
        throw error;
      }
      await stop(request.export);
      return null;
    }
    case "stop":
      await stop(request.export);
      return null;
    case "close": {
      const trail = open.get(request.trail);
      open.delete(request.trail);
      await trail?.close();
      return null;
    }
  }
}

async function stop(number: number): Promise<void> {
  const begun = exports.get(number);
  exports.delete(number);
  await begun?.chunks.return(undefined);
  await begun?.close();
}

function trailOf(number: number): TrailFile {
  const trail = open.get(number);
  if (trail === undefined) throw new Error(`Audit trail ${number} is not open`);
  return trail;
}

/** Readers open anew each time (about 2 ms): a trail that was set aside meanwhile is then not read any more. */
async function withDatabase<R>(settings: TrailSettings, read: (db: TrailFile["db"]) => Promise<R>): Promise<R> {
  const database = await openTrailDatabase({ directory: settings.directory });
  try {
    return await read(database.db);
  } finally {
    await database.close();
  }
}

function cipherOf(settings: TrailSettings) {
  return settings.encryptionKey === undefined ? null : encrypter(settings.encryptionKey, settings.tenant);
}
