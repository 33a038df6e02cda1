import type { Speech } from "../bot/speech.js";
import { type Destination, toDestinationKey } from "../domain/destination.js";
import { isFailure } from "../domain/failure.js";
import type { Clock } from "../lib/clock.js";
import { chatWaitsUntil, waitWith } from "../store/destinations.js";
import type { Database } from "../store/schema.js";
import type { Telegram } from "./telegram.js";

interface Voice {
  telegram: Pick<Telegram, "api" | "channel">;
  db: Database;
  clock: Clock;
}

/** The bot's voice: answers go out past the outbox, and keep to the same waits of their chat. */
export function createSpeech({ telegram, db, clock }: Voice, signal: AbortSignal): Speech {
  const { api, channel } = telegram;
  return {
    say: (destination, notification, replyTo) =>
      patiently({ db, clock, destination, signal }, async () => {
        await channel.send(
          destination,
          notification,
          replyTo === undefined ? { signal } : { replyTo, signal },
        );
      }),
    rewrite: (message, notification) =>
      patiently({ db, clock, destination: message.destination, signal }, () =>
        channel.edit(message, notification, signal),
      ),
    answer: (queryId, answer) => api.answerPress(queryId, answer, signal),
  };
}

const tries = 5;

/** What is sure not to have arrived is sent again. The work behind the answer is done, and must not be tried again for its sake. */
async function patiently(
  {
    db,
    clock,
    destination,
    signal,
  }: Omit<Voice, "telegram"> & { destination: Destination; signal: AbortSignal },
  speak: () => Promise<void>,
): Promise<void> {
  for (let made = 1; ; made += 1) {
    const waitMs = (await chatWaitsUntil(db, destination)) - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    try {
      return await speak();
    } catch (error) {
      if (!isFailure(error) || made === tries) throw error;
      if (error.kind === "throttled" && error.retryAt !== undefined) {
        await waitWith(db, toDestinationKey(destination), Date.parse(error.retryAt));
      } else if (error.kind === "unreachable" || error.kind === "throttled") {
        await clock.sleep(1_000 * 2 ** made, signal);
      } else throw error;
    }
  }
}
