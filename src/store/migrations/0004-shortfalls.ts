import { sql } from "kysely";
import type { Executor } from "../schema.js";

/** What a source cannot deliver at present, and since when the server of a connection does not answer. */
export async function up(db: Executor): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table shortfalls (
    source_id text not null, code text not null, key text not null, details text not null, began_at integer not null,
    told_at integer, ended_at integer, primary key (source_id, code, key)) strict, without rowid`,
  `alter table accounts add column down_since integer`,
  `alter table accounts add column down_reason text`,
  `alter table accounts add column probe_at integer`,
];
