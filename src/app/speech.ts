import type { Speech } from "../bot/speech.js";
import type { Telegram } from "./telegram.js";

/** The bot's voice: answers go out at once, past the outbox. */
export function createSpeech(
  { api, channel }: Pick<Telegram, "api" | "channel">,
  signal: AbortSignal,
): Speech {
  return {
    say: async (destination, notification, replyTo) => {
      await channel.send(destination, notification, replyTo === undefined ? { signal } : { replyTo, signal });
    },
    rewrite: (message, notification) => channel.edit(message, notification, signal),
    answer: (queryId, answer) => api.answerPress(queryId, answer, signal),
  };
}
