import type { Access, Quota } from "../domain/connection.js";
import { keep, type ToldFailure } from "../domain/failure.js";
import { fromNullableJson } from "./json.js";
import type { AccountRow, Executor } from "./schema.js";

/** How the credential of one connection stands. Instants are epoch milliseconds. */
export interface AccountState {
  connectionId: string;
  access: Access | null;
  quota: Quota | null;
  throttledUntil: number | null;
  refusals: number;
  refusedAt: number | null;
  pausedAt: number | null;
  downSince: number | null;
  probeAt: number | null;
}

export async function findAccount(db: Executor, connectionId: string): Promise<AccountState | null> {
  const row = await db
    .selectFrom("accounts")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .executeTakeFirst();
  return row === undefined ? null : toAccountState(row);
}

export async function listAccounts(db: Executor): Promise<AccountState[]> {
  return (await db.selectFrom("accounts").selectAll().orderBy("connection_id").execute()).map(toAccountState);
}

/** A credential that was just checked: whatever it was refused for before is over. A throttle stays: another request may be let through. */
export async function saveAccess(db: Executor, connectionId: string, access: Access): Promise<void> {
  const values = {
    access: JSON.stringify(access),
    refusals: 0,
    refused_at: null,
    paused_at: null,
    paused_reason: null,
  };
  await upsert(db, connectionId, values);
}

export async function saveQuota(db: Executor, connectionId: string, quota: Quota): Promise<void> {
  await upsert(db, connectionId, { quota: JSON.stringify(quota) });
}

export async function saveThrottle(db: Executor, connectionId: string, until: number): Promise<void> {
  await upsert(db, connectionId, { throttled_until: until });
}

export async function saveRefusal(
  db: Executor,
  connectionId: string,
  refusal: {
    refusals: number;
    refusedAt: number | null;
    pausedAt: number | null;
    reason: ToldFailure | string;
  },
): Promise<void> {
  await upsert(db, connectionId, {
    refusals: refusal.refusals,
    refused_at: refusal.refusedAt,
    paused_at: refusal.pausedAt,
    paused_reason: keep(refusal.reason),
  });
}

type AccountValues = Partial<Omit<AccountRow, "connection_id">>;

async function upsert(db: Executor, connectionId: string, values: AccountValues): Promise<void> {
  await db
    .insertInto("accounts")
    .values({ ...emptyAccount, ...values, connection_id: connectionId })
    .onConflict((conflict) => conflict.column("connection_id").doUpdateSet(values))
    .execute();
}

const emptyAccount = {
  access: null,
  quota: null,
  throttled_until: null,
  refusals: 0,
  refused_at: null,
  paused_at: null,
  paused_reason: null,
  down_since: null,
  down_reason: null,
  probe_at: null,
};

function toAccountState(row: AccountRow): AccountState {
  return {
    connectionId: row.connection_id,
    access: fromNullableJson<Access>(row.access),
    quota: fromNullableJson<Quota>(row.quota),
    throttledUntil: row.throttled_until,
    refusals: row.refusals,
    refusedAt: row.refused_at,
    pausedAt: row.paused_at,
    downSince: row.down_since,
    probeAt: row.probe_at,
  };
}
