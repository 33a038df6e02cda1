import { createComposer } from "../delivery/composer.js";
import { createDeliveryWorker, type DeliveryWorker } from "../delivery/worker.js";
import type { Destination } from "../domain/destination.js";
import type { Reader } from "../domain/filter.js";
import type { LiveConnection } from "../platforms/platform.js";
import { announceDead } from "../polling/announce-dead.js";
import { announceParked } from "../polling/announcements.js";
import { listAccounts } from "../store/accounts.js";
import { findMember } from "../store/members.js";
import type { Database } from "../store/schema.js";
import type { AppOptions } from "./options.js";
import type { Telegram } from "./telegram.js";
import { translatorFor } from "./translator.js";

export function createDelivery(parts: {
  options: AppOptions;
  telegram: Telegram;
  connections: ReadonlyMap<string, LiveConnection>;
}): DeliveryWorker {
  const { db, clock, log, randomText, config, progress } = parts.options;
  const composer = createComposer({
    ...{ db, clock, randomText, translate: translatorFor(config) },
    wordsOf: (connectionId) => parts.connections.get(connectionId)?.platform.words ?? plainWords,
    readerOf: (destination) => readerOf(db, destination),
  });
  return createDeliveryWorker({
    ...{ db, clock, log, composer, channel: parts.telegram.channel },
    ...(progress === undefined ? {} : { progress }),
    announceDead: () => announceDead(db, clock.now()),
    onParked: async (destination, failure) => {
      const now = clock.now();
      await announceParked(db, { destination, reason: failure.message, now });
    },
  });
}

/** For cards of a connection that was removed from config.yaml meanwhile. */
const plainWords = { mergeRequest: "MR", sigil: "!", pipeline: "pipeline" };

/** The owner's private chat reads as the accounts of the connections, every other chat as nobody. */
async function readerOf(db: Database, destination: Destination): Promise<Reader> {
  const member = await findMember(db, destination.chat);
  if (member?.role !== "owner") return { accounts: [] };
  return {
    accounts: (await listAccounts(db)).flatMap(({ connectionId, access }) =>
      access === null ? [] : [{ connectionId, personId: access.account.id, login: access.account.login }],
    ),
  };
}
