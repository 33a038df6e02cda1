import { createComposer } from "../delivery/composer.js";
import { createDeliveryWorker, type DeliveryWorker } from "../delivery/worker.js";
import type { LiveConnection } from "../platforms/platform.js";
import { announceDead } from "../polling/announce-dead.js";
import { announceParked } from "../polling/announcements.js";
import { readerOf } from "../polling/reader.js";
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
      await announceParked(db, { destination, failure, now: clock.now() });
    },
  });
}

/** For cards of a connection that was removed from config.yaml meanwhile. */
const plainWords = { mergeRequest: "MR", sigil: "!", pipeline: "pipeline" };
