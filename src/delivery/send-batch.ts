import type { Channel } from "../channels/channel.js";
import { type Destination, toDestinationKey } from "../domain/destination.js";
import { type Card, findCard } from "../store/cards.js";
import { mayBeShown } from "../store/recovery.js";
import type { Database } from "../store/schema.js";
import type { Batch } from "./batch.js";
import type { Composer } from "./composer.js";

/** How a batch ended well. */
export interface Sent {
  /** null: nothing had to be shown (an update of a card that is not there). */
  messageId: string | null;
  /** The card to remember. */
  card?: Card;
  /** Requests that count against the chat's limits. */
  requests: number;
  note?: string;
}

interface SendOptions {
  db: Database;
  channel: Channel;
  composer: Composer;
}

/** Shows one batch at one destination: sends a message, edits the card, or sends the card anew below and takes the old one away. */
export async function sendBatch(
  options: SendOptions,
  work: { batch: Batch; destination: Destination; signal: AbortSignal },
): Promise<Sent> {
  const { batch } = work;
  // What was read as `sending` had no end written down: it is as much in doubt as `unknown`.
  const repeated = batch.deliveries.some((delivery) => delivery.state !== "pending");
  switch (batch.kind) {
    case "notice":
    case "digest": {
      const notification = await options.composer.composeMessage(batch, {
        destination: work.destination,
        repeated,
      });
      const sent = await options.channel.send(work.destination, notification, { signal: work.signal });
      return { messageId: sent.messageId, requests: 1 };
    }
    case "card":
      return sendCard(options, { ...work, batch, repeated });
  }
}

interface CardWork {
  batch: Extract<Batch, { kind: "card" }>;
  destination: Destination;
  repeated: boolean;
  signal: AbortSignal;
}

async function sendCard(options: SendOptions, work: CardWork): Promise<Sent> {
  const { batch, destination, signal } = work;
  const address = { destination: toDestinationKey(destination), subject: batch.subject };
  const card = await findCard(options.db, address);
  if (card === null && batch.mode === "update")
    return { messageId: null, requests: 0, note: "There is no card to update." };
  const draft = await options.composer.composeCard(batch, destination);
  if (card !== null && batch.mode !== "ping") return editCard(options, { ...work, card, draft });
  const notification = await draft.toNotification({
    silent: batch.mode !== "ping" || work.repeated,
    // Also where its first card was put aside after crashes: that may stand in the chat, and nobody knows where.
    repeated: work.repeated || (card === null && (await mayBeShown(options.db, address))),
  });
  const sent = await options.channel.send(destination, notification, { signal });
  if (card !== null) await clearAway(options, { ...work, card, draft });
  return {
    messageId: sent.messageId,
    card: { messageId: sent.messageId, fingerprint: draft.fingerprint },
    requests: card === null ? 1 : 2,
  };
}

type Draft = Awaited<ReturnType<Composer["composeCard"]>>;
type CardEdit = CardWork & { card: Card; draft: Draft };

async function editCard(options: SendOptions, { destination, card, draft, signal }: CardEdit): Promise<Sent> {
  if (card.fingerprint === draft.fingerprint)
    return { messageId: card.messageId, requests: 0, note: "Nothing to change." };
  const notification = await draft.toNotification({ silent: true, repeated: false });
  await options.channel.edit({ destination, messageId: card.messageId }, notification, signal);
  return {
    messageId: card.messageId,
    card: { messageId: card.messageId, fingerprint: draft.fingerprint },
    requests: 1,
  };
}

/**
 * The earlier message of a card that was sent anew goes: all that it said stands on the new one. Where it is too old for that, it
 * shrinks to one line without buttons. Best effort: nothing that goes wrong here makes the message that was sent unsent.
 */
async function clearAway({ channel }: SendOptions, work: CardEdit): Promise<void> {
  const { destination, card, draft, signal } = work;
  const message = { destination, messageId: card.messageId };
  try {
    if (channel.remove === undefined) throw new Error("This channel takes no message away.");
    await channel.remove(message, signal);
  } catch {
    // The old card stays as it was if that fails too; a press of its buttons is judged like any other.
    await channel.edit(message, draft.folded, signal).catch(() => {});
  }
}
