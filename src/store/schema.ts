import type { Generated, Kysely, Selectable, Transaction } from "kysely";

/** Columns named `…_at` hold epoch milliseconds of the local clock, except `at` (ISO, the server's). JSON columns hold text. */
export interface Schema {
  meta: { key: string; value: string };
  accounts: AccountTable;
  projects: ProjectTable;
  /** Every path that a project was ever seen under, in lower case. */
  project_paths: { connection_id: string; path: string; project_id: string };
  sources: SourceTable;
  shortfalls: ShortfallTable;
  subjects: SubjectTable;
  pipeline_lines: { connection_id: string; project_id: string; line: string; state: string };
  events: EventTable;
  subscriptions: SubscriptionTable;
  watching: { destination: string; connection_id: string; project_id: string; told: number };
  deliveries: DeliveryTable;
  destinations: DestinationTable;
  chat_moves: { channel: string; chat: string; moved_to: string };
  cards: {
    destination: string;
    subject: string;
    message_id: string;
    fingerprint: string;
    updated_at: number;
  };
  messages: { chat: string; message_id: string; subject: string };
  members: { id: string; role: string; name: string; added_at: number };
  strangers: { id: string; greeted_at: number };
  pairings: { code_hash: string; expires_at: number };
  told: { what: string; at: number };
  updates: UpdateTable;
  nonces: NonceTable;
  audit: AuditTable;
}

export interface AccountTable {
  connection_id: string;
  /** JSON of `Access`. */
  access: string | null;
  /** JSON of `Quota`. */
  quota: string | null;
  /** Nothing is asked of this connection before. */
  throttled_until: number | null;
  /** Refusals of the credential in a row, and since when. */
  refusals: number;
  refused_at: number | null;
  /** Set when the credential is taken for refused: this account is paused alone. */
  paused_at: number | null;
  paused_reason: string | null;
  /** Since when its server does not answer, why, and when the next source may ask whether it does. */
  down_since: number | null;
  down_reason: string | null;
  probe_at: number | null;
}

export interface ProjectTable {
  connection_id: string;
  project_id: string;
  path: string;
  /** JSON of `Project`. */
  project: string;
}

export interface SourceTable {
  id: string;
  connection_id: string;
  kind: string;
  project_id: string | null;
  /** JSON; null until the baseline is stored. */
  cursor: string | null;
  due_at: number;
  activity: string;
  min_interval_ms: number;
  failures: number;
  failing_since: number | null;
  last_error: string | null;
  last_success_at: number | null;
  /** How long the last poll took, good or bad. */
  last_poll_ms: number | null;
  /** When people were told that nothing was heard of it. */
  stale_told_at: number | null;
  /** Set when the project is taken for gone. */
  paused_at: number | null;
  /** 1 while a subscription wants it. */
  wanted: number;
}

/** What a source cannot deliver at present. */
export interface ShortfallTable {
  source_id: string;
  code: string;
  /** Tells one from another with the same code in the same source. */
  key: string;
  /** JSON: the values of its sentence. */
  details: string;
  began_at: number;
  /** When the owner was told that it began. */
  told_at: number | null;
  /** When it was over; its row stays until the owner was told of that too. */
  ended_at: number | null;
}

export interface SubjectTable {
  connection_id: string;
  project_id: string;
  type: string;
  id: string;
  revision: string;
  /** JSON of `Snapshot`. */
  snapshot: string;
  /** 1 while it must be looked at again (a pipeline that has not ended). */
  open: number;
  updated_at: number;
}

export interface EventTable {
  id: Generated<number>;
  key: string;
  kind: string;
  connection_id: string;
  project_id: string;
  /** `toSubjectKey`. */
  subject: string;
  seen_at: number;
  /** JSON of `Event`. */
  event: string;
}

export interface SubscriptionTable {
  id: string;
  recipient: string;
  projects: string | null;
  features: string;
  filter: string;
  created_by: string | null;
  created_at: number;
}

export interface DeliveryTable {
  id: Generated<number>;
  /** `toDestinationKey`, and the destination as JSON beside it. */
  destination_key: string;
  destination: string;
  mode: string;
  /** `toSubjectKey`; null for a notice. */
  subject: string | null;
  event_id: number | null;
  /** JSON of a `Notice`; null for an event. */
  notice: string | null;
  /** What is owed, once per destination. */
  dedupe_key: string;
  state: string;
  attempts: number;
  /** Stops of the daemon while it was being sent alone. */
  crashes: number;
  /** At most so many go out with it: fewer after each stop of the daemon while it was being sent with others. */
  together: number | null;
  /** When what it tells happened on the server. */
  happened_at: number | null;
  next_attempt_at: number;
  created_at: number;
  claimed_at: number | null;
  settled_at: number | null;
  reason: string | null;
  message_id: string | null;
  /** When the owner was told of this dead letter. */
  announced_at: number | null;
}

export interface DestinationTable {
  key: string;
  /** Nothing is sent there before (429, or a pause between messages). */
  wait_until: number;
  /** Set when the chat is gone or may not be written to. */
  parked_at: number | null;
  parked_reason: string | null;
}

export interface UpdateTable {
  update_id: number;
  payload: string;
  state: string;
  tries: number;
  note: string | null;
  received_at: number;
}

export interface NonceTable {
  nonce: string;
  /** JSON: what a press of it means. */
  meaning: string;
  chat: string;
  /** Telegram id of the only person who may press it; null: every member may. */
  person: string | null;
  /** Nonces of one keyboard: using one of a group spends all. */
  batch: string;
  expires_at: number;
  used_at: number | null;
  /** The update (`update:…`) whose press used it. */
  used_by: string | null;
}

export interface AuditTable {
  id: Generated<number>;
  at: number;
  person: string;
  chat: string;
  connection_id: string;
  project: string;
  action: string;
  target: string;
  sha: string | null;
  account: string | null;
  /** started, done, already, refused, failed, unknown. */
  result: string;
  detail: string | null;
  /** The row that says it was started. */
  started_id: number | null;
  /** What asked for it (`nonce:…`, `update:…`): nothing is started twice for one request. */
  request: string | null;
  previous_hash: string;
  hash: string;
}

export type Database = Kysely<Schema>;
/** What a function that may run inside or outside a transaction takes. */
export type Executor = Kysely<Schema> | Transaction<Schema>;
export type DeliveryRow = Selectable<DeliveryTable>;
export type SourceRow = Selectable<SourceTable>;
export type AccountRow = Selectable<AccountTable>;
export type AuditRow = Selectable<AuditTable>;
