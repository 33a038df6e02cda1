import { sql } from "kysely";
import type { Executor } from "../schema.js";

/** How long the last poll of a source took, and an index that counts dead letters without reading what was delivered. */
export async function up(db: Executor): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table sources add column last_poll_ms integer`,
  `create index deliveries_dead on deliveries (id) where state = 'dead'`,
];
