import { fromJson } from "./json.js";
import type { Executor } from "./schema.js";

/** What stands behind one button. `meaning` is the bot's own. */
export interface NewNonce {
  nonce: string;
  meaning: unknown;
  chat: string;
  /** The only person who may press it; null: whoever has the role. */
  person: string | null;
  /** Buttons of one message share it. */
  batch: string;
  expiresAt: number;
}

export interface FoundNonce<T> {
  meaning: T;
  chat: string;
  person: string | null;
  batch: string;
  expired: boolean;
  used: boolean;
  /** What used it (`update:…`); null where a neighbour's use used it up. */
  usedBy: string | null;
}

export async function saveNonces(db: Executor, nonces: readonly NewNonce[]): Promise<void> {
  for (const nonce of nonces) {
    await db
      .insertInto("nonces")
      .values({
        nonce: nonce.nonce,
        meaning: JSON.stringify(nonce.meaning),
        chat: nonce.chat,
        person: nonce.person,
        batch: nonce.batch,
        expires_at: nonce.expiresAt,
        used_at: null,
        used_by: null,
      }) // prettier-ignore
      .execute();
  }
}

export async function findNonce<T>(db: Executor, nonce: string, now: number): Promise<FoundNonce<T> | null> {
  const row = await db.selectFrom("nonces").selectAll().where("nonce", "=", nonce).executeTakeFirst();
  if (row === undefined) return null;
  return {
    meaning: fromJson<T>(row.meaning),
    chat: row.chat,
    person: row.person,
    batch: row.batch,
    expired: row.expires_at <= now,
    used: row.used_at !== null,
    usedBy: row.used_by,
  };
}

/** Spends a nonce. False when somebody was faster: then nothing may be done. */
export async function spendNonce(
  db: Executor,
  { nonce, by, now }: { nonce: string; by: string; now: number },
): Promise<boolean> {
  const result = await db
    .updateTable("nonces")
    .set({ used_at: now, used_by: by })
    .where("nonce", "=", nonce)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Spends what is left of a keyboard: yes and no cannot both be pressed. */
export async function spendBatch(db: Executor, batch: string, now: number): Promise<void> {
  await db
    .updateTable("nonces")
    .set({ used_at: now })
    .where("batch", "=", batch)
    .where("used_at", "is", null)
    .execute();
}
