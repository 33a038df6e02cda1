import type { Access, Quota } from "../domain/connection.js";
import type { Shortfall } from "../domain/shortfall.js";
import { fromJson, fromNullableJson } from "./json.js";

/**
 * Runs one statement and answers with its rows. The daemon asks through kysely, which it has loaded anyway; `status` asks the
 * driver itself, because loading kysely takes longer than all of these statements.
 */
export type Ask = (statement: string) => Promise<unknown[]> | unknown[];

/** Everything that a report on how it stands is made of. Instants are epoch milliseconds. */
export interface StatusRows {
  settings: ShownSettings | null;
  owner: string | null;
  accounts: AccountRow[];
  sources: SourceRow[];
  projects: number;
  subscriptions: number;
  deliveries: { pending: number; sending: number; unknown: number; dead: number; delivered: number };
  oldestOwedAt: number | null;
  parked: Array<{ key: string; parkedAt: number; parkedReason: string | null }>;
  /** Of sources that are polled, those that began first come first. */
  shortfalls: ShortfallRow[];
}

export interface ShortfallRow extends Shortfall {
  connectionId: string;
  kind: string;
  path: string | null;
  beganAt: number;
}

/** What the daemon last ran with, so that nobody has to read config.yaml again to tell of it. */
export interface ShownSettings {
  /** When these settings were put to work. */
  at: number;
  connections: string[];
  /** How many subscriptions config.yaml declares. */
  declared: number;
}

export interface AccountRow {
  connectionId: string;
  access: Access | null;
  quota: Quota | null;
  throttledUntil: number | null;
  pausedAt: number | null;
  pausedReason: string | null;
  /** Since when its server does not answer. */
  downSince: number | null;
  downReason: string | null;
}

export interface SourceRow {
  id: string;
  connectionId: string;
  kind: string;
  /** Path of the project; null for an inbox, or when the project was never seen. */
  path: string | null;
  /** 1 until the first answer. */
  isNew: number;
  dueAt: number;
  failures: number;
  failingSince: number | null;
  lastError: string | null;
  lastSuccessAt: number | null;
  lastPollMs: number | null;
  pausedAt: number | null;
}

/** The schema version with the duration of polls: an older daemon may still run on a database without it. */
const withDurations = 2;
/** With what sources lack, and outages of servers. */
const withShortfalls = 4;

export async function readStatusRows(ask: Ask, schemaVersion: number): Promise<StatusRows> {
  const rows = async <Row>(statement: string) => (await ask(statement)) as Row[];
  const count = async (statement: string) => (await rows<{ n: number }>(statement))[0]?.n ?? 0;
  const settings = await rows<{ value: string }>("select value from meta where key = 'settings.shown'");
  const owner = await rows<{ name: string }>("select name from members where role = 'owner'");
  const accounts = await rows<StoredAccount>(toAccountStatement(schemaVersion >= withShortfalls));
  const oldest = await rows<{ at: number | null }>(
    `select min(created_at) as at from deliveries where ${isOwed}`,
  );
  return {
    settings: fromNullableJson<ShownSettings>(settings[0]?.value ?? null),
    owner: owner[0]?.name ?? null,
    accounts: accounts.map((row) => ({
      ...row,
      access: fromNullableJson<Access>(row.access),
      quota: fromNullableJson<Quota>(row.quota),
    })),
    sources: await rows<SourceRow>(toSourceStatement(schemaVersion >= withDurations)),
    projects: await count("select count(*) as n from projects"),
    subscriptions: await count("select count(*) as n from subscriptions"),
    deliveries: await countByState(rows, count),
    oldestOwedAt: oldest[0]?.at ?? null,
    parked: await rows(
      "select key, parked_at as parkedAt, parked_reason as parkedReason from destinations where parked_at is not null",
    ),
    shortfalls: schemaVersion < withShortfalls ? [] : await readShortfalls(rows),
  };
}

type Rows = <Row>(statement: string) => Promise<Row[]>;

async function readShortfalls(rows: Rows): Promise<ShortfallRow[]> {
  const found = await rows<Omit<ShortfallRow, "values"> & { details: string }>(shortfallStatement);
  return found.map(({ details, ...row }) => ({ ...row, values: fromJson<Shortfall["values"]>(details) }));
}

/** What is owed and what is dead is counted by an index each; what was delivered is the rest of a count by another. */
async function countByState(
  rows: Rows,
  count: (statement: string) => Promise<number>,
): Promise<StatusRows["deliveries"]> {
  const counts = { pending: 0, sending: 0, unknown: 0 };
  const owed = await rows<{ state: keyof typeof counts; n: number }>(
    `select state, count(*) as n from deliveries where ${isOwed} group by state`,
  );
  for (const { state, n } of owed) counts[state] = n;
  const dead = await count("select count(*) as n from deliveries where state = 'dead'");
  const all = await count("select count(*) as n from deliveries");
  return { ...counts, dead, delivered: all - dead - counts.pending - counts.sending - counts.unknown };
}

/** As the partial index `deliveries_owed` says it, so that it is used. */
const isOwed = "state in ('pending', 'sending', 'unknown')";

type StoredAccount = Omit<AccountRow, "access" | "quota"> & { access: string | null; quota: string | null };

const toAccountStatement = (hasOutages: boolean) => `
  select connection_id as connectionId, access, quota, throttled_until as throttledUntil,
    paused_at as pausedAt, paused_reason as pausedReason,
    ${hasOutages ? "down_since" : "null"} as downSince, ${hasOutages ? "down_reason" : "null"} as downReason
  from accounts order by connection_id`;

const shortfallStatement = `
  select sources.connection_id as connectionId, kind, path, code, key, details, began_at as beganAt
  from shortfalls join sources on sources.id = source_id left join projects
    on projects.connection_id = sources.connection_id and projects.project_id = sources.project_id
  where wanted = 1 and ended_at is null order by began_at, source_id`;

const toSourceStatement = (hasDurations: boolean) => `
  select sources.id, sources.connection_id as connectionId, kind, path, cursor is null as isNew, due_at as dueAt, failures,
    failing_since as failingSince, last_error as lastError, last_success_at as lastSuccessAt,
    ${hasDurations ? "last_poll_ms" : "null"} as lastPollMs, paused_at as pausedAt
  from sources left join projects
    on projects.connection_id = sources.connection_id and projects.project_id = sources.project_id
  where wanted = 1 order by sources.id`;
