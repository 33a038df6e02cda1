import { sql } from "kysely";
import type { Executor } from "../schema.js";

/** Which update a button was used by, so that one that is handled again is known; and what is said only so often. */
export async function up(db: Executor): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table nonces add column used_by text`,
  `create table told (what text not null, at integer not null) strict`,
  `create index told_what on told (what, at)`,
  `create index told_at on told (at)`,
];
