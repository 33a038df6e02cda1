import type { Destination } from "../domain/destination.js";
import type { Notification } from "../domain/notification.js";

/** How the bot talks. Every method may reject with a `Failure`. */
export interface Speech {
  say(destination: Destination, notification: Notification, replyTo: string | undefined): Promise<void>;
  /** Rewrites a message of the bot's. */
  rewrite(
    message: { destination: Destination; messageId: string },
    notification: Notification,
  ): Promise<void>;
  /** Ends the spinner on a pressed button with a short word, or with a box that must be closed. */
  answer(queryId: string, answer: { text: string; box: boolean }): Promise<void>;
}
