import type { Member } from "../domain/member.js";
import type { Executor } from "./schema.js";

export async function findMember(db: Executor, id: string): Promise<Member | null> {
  const row = await db.selectFrom("members").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : { id: row.id, role: row.role as Member["role"], name: row.name };
}

export async function findOwner(db: Executor): Promise<Member | null> {
  const row = await db.selectFrom("members").selectAll().where("role", "=", "owner").executeTakeFirst();
  return row === undefined ? null : { id: row.id, role: "owner", name: row.name };
}

export async function listMembers(db: Executor): Promise<Member[]> {
  const rows = await db.selectFrom("members").selectAll().orderBy("added_at").execute();
  return rows.map((row) => ({ id: row.id, role: row.role as Member["role"], name: row.name }));
}

export async function saveMember(db: Executor, member: Member, now: number): Promise<void> {
  await db
    .insertInto("members")
    .values({ ...member, added_at: now })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ role: member.role, name: member.name }))
    .execute();
}

/** Only the hash of a pairing code is kept. A new one replaces those before. */
export async function savePairing(db: Executor, codeHash: string, expiresAt: number): Promise<void> {
  await db.deleteFrom("pairings").execute();
  await db.insertInto("pairings").values({ code_hash: codeHash, expires_at: expiresAt }).execute();
}

/** Uses a pairing code up. True when it was there and had not expired. */
export async function takePairing(db: Executor, codeHash: string, now: number): Promise<boolean> {
  const row = await db
    .deleteFrom("pairings")
    .where("code_hash", "=", codeHash)
    .returning("expires_at")
    .executeTakeFirst();
  return row !== undefined && row.expires_at > now;
}

export async function wasGreeted(db: Executor, telegramId: string): Promise<boolean> {
  const row = await db.selectFrom("strangers").select("id").where("id", "=", telegramId).executeTakeFirst();
  return row !== undefined;
}

/** True once per stranger. */
export async function greetOnce(db: Executor, telegramId: string, now: number): Promise<boolean> {
  const row = await db
    .insertInto("strangers")
    .values({ id: telegramId, greeted_at: now })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
