import { sql } from "kysely";
import type { Executor } from "../schema.js";

/** Everything that the first version keeps. */
export async function up(db: Executor): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table meta (key text primary key, value text not null) strict`,
  `create table accounts (
    connection_id text primary key, access text, quota text, throttled_until integer,
    refusals integer not null default 0, refused_at integer, paused_at integer, paused_reason text) strict`,
  `create table projects (
    connection_id text not null, project_id text not null, path text not null, project text not null,
    primary key (connection_id, project_id)) strict`,
  `create table project_paths (
    connection_id text not null, path text not null, project_id text not null,
    primary key (connection_id, path)) strict, without rowid`,
  `create table sources (
    id text primary key, connection_id text not null, kind text not null, project_id text, cursor text,
    due_at integer not null default 0, activity text not null default 'warm', min_interval_ms integer not null default 0,
    failures integer not null default 0, failing_since integer, last_error text, last_success_at integer,
    stale_told_at integer, paused_at integer, wanted integer not null default 1) strict`,
  `create index sources_due on sources (kind, due_at) where wanted = 1`,
  `create table subjects (
    connection_id text not null, project_id text not null, type text not null, id text not null,
    revision text not null, snapshot text not null, open integer not null default 0, updated_at integer not null,
    primary key (connection_id, project_id, type, id)) strict, without rowid`,
  `create index subjects_open on subjects (connection_id, project_id) where open = 1`,
  `create index subjects_ended on subjects (updated_at) where open = 0`,
  `create table pipeline_lines (
    connection_id text not null, project_id text not null, line text not null, state text not null,
    primary key (connection_id, project_id, line)) strict, without rowid`,
  `create table events (
    id integer primary key, key text not null unique, kind text not null, connection_id text not null,
    project_id text not null, subject text not null, seen_at integer not null, event text not null) strict`,
  `create index events_subject on events (subject, id)`,
  `create index events_seen on events (seen_at)`,
  `create table subscriptions (
    id text primary key, recipient text not null, projects text, features text not null, filter text not null,
    created_by text, created_at integer not null) strict`,
  `create table watching (
    destination text not null, connection_id text not null, project_id text not null, told integer not null default 0,
    primary key (destination, connection_id, project_id)) strict, without rowid`,
  `create table deliveries (
    id integer primary key autoincrement, destination_key text not null, destination text not null, mode text not null,
    subject text, event_id integer references events (id), notice text, dedupe_key text not null unique,
    state text not null, attempts integer not null default 0, crashes integer not null default 0, next_attempt_at integer not null,
    created_at integer not null, claimed_at integer, settled_at integer, reason text, message_id text) strict`,
  `create index deliveries_owed on deliveries (destination_key, id) where state in ('pending', 'sending', 'unknown')`,
  `create index deliveries_shown on deliveries (destination_key, subject, event_id) where state = 'delivered'`,
  `create index deliveries_of_event on deliveries (event_id) where event_id is not null`,
  `create index deliveries_of_subject on deliveries (subject) where state in ('pending', 'sending', 'unknown')`,
  `create index deliveries_settled on deliveries (settled_at) where settled_at is not null`,
  `create table destinations (
    key text primary key, wait_until integer not null default 0, parked_at integer, parked_reason text) strict`,
  `create table chat_moves (channel text not null, chat text not null, moved_to text not null,
    primary key (channel, chat)) strict, without rowid`,
  `create table cards (
    destination text not null, subject text not null, message_id text not null, fingerprint text not null,
    updated_at integer not null, primary key (destination, subject)) strict, without rowid`,
  `create index cards_of_subject on cards (subject)`,
  `create table messages (
    chat text not null, message_id text not null, subject text not null, primary key (chat, message_id)) strict, without rowid`,
  `create index messages_of_subject on messages (subject)`,
  `create table members (id text primary key, role text not null, name text not null, added_at integer not null) strict`,
  `create unique index members_one_owner on members (role) where role = 'owner'`,
  `create table strangers (id text primary key, greeted_at integer not null) strict`,
  `create table pairings (code_hash text primary key, expires_at integer not null) strict`,
  `create table updates (
    update_id integer primary key, payload text not null, state text not null, tries integer not null default 0,
    note text, received_at integer not null) strict`,
  `create index updates_pending on updates (update_id) where state = 'pending'`,
  `create table nonces (
    nonce text primary key, meaning text not null, chat text not null, person text, batch text not null,
    expires_at integer not null, used_at integer) strict, without rowid`,
  `create index nonces_expired on nonces (expires_at)`,
  `create index nonces_of_batch on nonces (batch)`,
  `create table audit (
    id integer primary key autoincrement, at integer not null, person text not null, chat text not null,
    connection_id text not null, project text not null, action text not null, target text not null, sha text,
    account text, result text not null, detail text, started_id integer, request text,
    previous_hash text not null, hash text not null) strict`,
  `create unique index audit_once on audit (request) where result = 'started'`,
  `create trigger audit_is_never_deleted before delete on audit begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_is_never_changed before update on audit begin select raise(abort, 'the audit is append-only'); end`,
];
