import { sql } from "kysely";
import type { Destination } from "../domain/destination.js";
import { keep, type ToldFailure } from "../domain/failure.js";
import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

/** How a chat stands. Instants are epoch milliseconds. */
export interface DestinationState {
  key: string;
  waitUntil: number;
  parkedAt: number | null;
}

export async function findDestination(db: Executor, key: string): Promise<DestinationState | null> {
  const row = await db.selectFrom("destinations").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined) return null;
  return {
    key: row.key,
    waitUntil: row.wait_until,
    parkedAt: row.parked_at,
  };
}

export async function listParked(db: Executor): Promise<DestinationState[]> {
  const rows = await db.selectFrom("destinations").selectAll().where("parked_at", "is not", null).execute();
  return rows.map((row) => ({
    key: row.key,
    waitUntil: row.wait_until,
    parkedAt: row.parked_at,
  }));
}

/** Until when nothing may be sent to the chat, in whichever topic: a channel counts a chat as one. 0: it does not wait. */
export async function chatWaitsUntil(db: Executor, { channel, chat }: Destination): Promise<number> {
  const row = await db
    .selectFrom("destinations")
    .select((select) => select.fn.max("wait_until").as("until"))
    .where("key", "like", `${channel}:${chat}:%`)
    .executeTakeFirst();
  return row?.until ?? 0;
}

/** Nothing more is sent there before `until`. */
export async function waitWith(db: Executor, key: string, until: number): Promise<void> {
  await upsert(db, key, { wait_until: until });
}

/** A chat that is closed is tried again this often with what is owed there: that it was opened may not have reached the bot. */
const lookAgainMs = 3_600_000;

/** The chat is gone or closed to the bot. What is owed is kept. */
export async function park(
  db: Executor,
  key: string,
  { reason, now }: { reason: ToldFailure | string; now: number },
): Promise<void> {
  const parkedAt = (await findDestination(db, key))?.parkedAt ?? now;
  const values = { parked_at: parkedAt, parked_reason: keep(reason), wait_until: now + lookAgainMs };
  await upsert(db, key, values);
}

/** At a start, when whoever opened a chat wants to see. */
export async function tryParked(db: Executor): Promise<void> {
  await db.updateTable("destinations").set({ wait_until: 0 }).where("parked_at", "is not", null).execute();
}

/** The chat is open again, with all its topics: what is owed there goes out. Returns true when it was parked. */
export async function unparkChat(db: Executor, destination: Destination): Promise<boolean> {
  const prefix = `${destination.channel}:${destination.chat}:`;
  const result = await db
    .updateTable("destinations")
    .set({ parked_at: null, parked_reason: null, wait_until: 0 })
    .where("key", "like", `${prefix}%`)
    .where("parked_at", "is not", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * The chat has another id now (a group became a supergroup): everything that names the old one follows, in the caller's
 * transaction. Message ids do not carry over, so its cards begin anew.
 */
export async function moveChat(db: Executor, from: Destination, chat: string): Promise<void> {
  await moveDeliveries(db, from, chat);
  await db.deleteFrom("cards").where("destination", "like", `${from.channel}:${from.chat}:%`).execute();
  await db.updateTable("nonces").set({ chat }).where("chat", "=", from.chat).execute();
  await db
    .updateTable("chat_moves")
    .set({ moved_to: chat })
    .where("channel", "=", from.channel)
    .where("moved_to", "=", from.chat)
    .execute();
  await db
    .insertInto("chat_moves")
    .values({ channel: from.channel, chat: from.chat, moved_to: chat })
    .onConflict((conflict) => conflict.columns(["channel", "chat"]).doUpdateSet({ moved_to: chat }))
    .execute();
  await moveSubscriptions(db, from.chat, chat);
  await moveWatching(db, from, chat);
}

/** In one statement, for a chat may have a long history. What the new chat is owed already is not owed twice. */
async function moveDeliveries(db: Executor, from: Destination, chat: string): Promise<void> {
  const [before, after] = [`${from.channel}:${from.chat}:`, `${from.channel}:${chat}:`];
  const rest = before.length + 1;
  await sql`update or ignore deliveries set destination = json_set(destination, '$.chat', ${chat}),
    destination_key = ${after} || substr(destination_key, ${rest}), dedupe_key = ${after} || substr(dedupe_key, ${rest})
    where destination_key like ${`${before}%`}`.execute(db);
  await db.deleteFrom("deliveries").where("destination_key", "like", `${before}%`).execute();
}

async function moveSubscriptions(db: Executor, from: string, chat: string): Promise<void> {
  for (const row of await db.selectFrom("subscriptions").select(["id", "recipient"]).execute()) {
    const recipient = fromJson<{ chat?: string }>(row.recipient);
    if (typeof recipient !== "object" || recipient.chat !== from) continue;
    const moved = JSON.stringify({ ...recipient, chat });
    await db.updateTable("subscriptions").set({ recipient: moved }).where("id", "=", row.id).execute();
  }
}

async function moveWatching(db: Executor, from: Destination, chat: string): Promise<void> {
  const prefix = `${from.channel}:${from.chat}:`;
  for (const row of await db
    .selectFrom("watching")
    .selectAll()
    .where("destination", "like", `${prefix}%`)
    .execute()) {
    const destination = `${from.channel}:${chat}:${row.destination.slice(prefix.length)}`;
    await db
      .insertInto("watching")
      .values({ ...row, destination })
      .onConflict((c) => c.doNothing())
      .execute();
  }
  await db.deleteFrom("watching").where("destination", "like", `${prefix}%`).execute();
}

async function upsert(
  db: Executor,
  key: string,
  values: { wait_until?: number; parked_at?: number; parked_reason?: string },
): Promise<void> {
  await db
    .insertInto("destinations")
    .values({ wait_until: 0, ...values, key })
    .onConflict((conflict) => conflict.column("key").doUpdateSet(values))
    .execute();
}

/** Where chats named in config.yaml have gone since, by their old id. */
export async function loadChatMoves(db: Executor, channel: string): Promise<Map<string, string>> {
  const rows = await db.selectFrom("chat_moves").selectAll().where("channel", "=", channel).execute();
  return new Map(rows.map((row) => [row.chat, row.moved_to]));
}
