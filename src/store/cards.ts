import { sql } from "kysely";
import { toDestination } from "../domain/destination.js";
import type { Executor } from "./schema.js";

/** The one message that stands for a subject at a destination. */
export interface Card {
  messageId: string;
  /** Hash of what it shows, so that an edit that changes nothing is not made. */
  fingerprint: string;
}

export interface CardAddress {
  /** `toDestinationKey`. */
  destination: string;
  /** `toSubjectKey`. */
  subject: string;
}

export async function findCard(db: Executor, address: CardAddress): Promise<Card | null> {
  const row = await db
    .selectFrom("cards")
    .selectAll()
    .where("destination", "=", address.destination)
    .where("subject", "=", address.subject)
    .executeTakeFirst();
  return row === undefined ? null : { messageId: row.message_id, fingerprint: row.fingerprint };
}

export async function saveCard(
  db: Executor,
  address: CardAddress,
  card: Card & { chat: string; now: number },
): Promise<void> {
  const values = { message_id: card.messageId, fingerprint: card.fingerprint, updated_at: card.now };
  await db
    .insertInto("cards")
    .values({ ...address, ...values })
    .onConflict((conflict) => conflict.columns(["destination", "subject"]).doUpdateSet(values))
    .execute();
  await rememberMessage(db, { chat: card.chat, messageId: card.messageId, subject: address.subject });
}

export async function forgetCard(db: Executor, address: CardAddress): Promise<void> {
  await db
    .deleteFrom("cards")
    .where("destination", "=", address.destination)
    .where("subject", "=", address.subject)
    .execute();
}

/** So that an answer to any message about a subject, also an older one, finds it. */
export async function rememberMessage(
  db: Executor,
  message: { chat: string; messageId: string; subject: string },
): Promise<void> {
  await db
    .insertInto("messages")
    .values({ chat: message.chat, message_id: message.messageId, subject: message.subject })
    .onConflict((conflict) =>
      conflict.columns(["chat", "message_id"]).doUpdateSet({ subject: message.subject }),
    )
    .execute();
}

export async function findMessageSubject(
  db: Executor,
  chat: string,
  messageId: string,
): Promise<string | null> {
  const row = await db
    .selectFrom("messages")
    .select("subject")
    .where("chat", "=", chat)
    .where("message_id", "=", messageId)
    .executeTakeFirst();
  return row?.subject ?? null;
}

/** Destinations (one chat may have several topics) whose card of the subject is this very message. */
export async function destinationsWithMessage(
  db: Executor,
  message: { chat: string; messageId: string; subject: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom("cards")
    .select("destination")
    .where("subject", "=", message.subject)
    .where("message_id", "=", message.messageId)
    .execute();
  return rows.map((row) => row.destination).filter((key) => toDestination(key).chat === message.chat);
}

/** Makes the next edit of a card happen even when it would show the same. */
export async function spoilFingerprint(db: Executor, address: CardAddress): Promise<void> {
  await db
    .updateTable("cards")
    .set({ fingerprint: "" })
    .where("destination", "=", address.destination)
    .where("subject", "=", address.subject)
    .execute();
}

/** Destinations that have a card of the subject. */
export async function destinationsOfCard(db: Executor, subject: string): Promise<string[]> {
  const rows = await db.selectFrom("cards").select("destination").where("subject", "=", subject).execute();
  return rows.map((row) => row.destination);
}

/** Whether a destination has a card of the subject, or is about to get one. */
export async function isShownOrOwed(db: Executor, address: CardAddress): Promise<boolean> {
  if ((await findCard(db, address)) !== null) return true;
  const owed = await db
    .selectFrom("deliveries")
    .select("id")
    .where("destination_key", "=", address.destination)
    .where("subject", "=", address.subject)
    .where(sql<boolean>`state in ('pending', 'sending', 'unknown')`)
    .where("mode", "in", ["card", "ping"])
    .limit(1)
    .executeTakeFirst();
  return owed !== undefined;
}
