import type { Destination } from "../domain/destination.js";
import type { Notification } from "../domain/notification.js";

/**
 * A kind of transport. It translates and classifies; the outbox alone retries. Every method rejects with a `Failure`:
 * `throttled` (429, with `retryAt`), `unreachable` (not delivered for sure), `ambiguous` (may have been delivered),
 * `unauthorized` (credential), `gone` (chat or message is not there any more; code `chat`, `message` or `topic`; `movedTo` when
 * the chat has another id now), `forbidden` (may not write there), `rejected`.
 */
export interface Channel {
  id: string;
  limits: ChannelLimits;
  send(destination: Destination, notification: Notification, options: SendOptions): Promise<SentMessage>;
  /** Idempotent: "nothing to change" is success. */
  edit(message: MessageAddress, notification: Notification, signal: AbortSignal): Promise<void>;
  /** Takes a message of ours away. Absent where a channel cannot; rejects where it cannot any more. */
  remove?(message: MessageAddress, signal: AbortSignal): Promise<void>;
}

export interface SendOptions {
  /** Message that this one answers; a missing one does no harm. */
  replyTo?: string;
  signal: AbortSignal;
}

export interface MessageAddress {
  destination: Destination;
  messageId: string;
}

export interface SentMessage {
  messageId: string;
}

export interface ChannelLimits {
  /** Characters after markup. */
  textLength: number;
  /** Least time between two messages to one destination. */
  gapMs(destination: Destination): number;
  /** Messages a minute to one destination. */
  perMinute(destination: Destination): number;
}
