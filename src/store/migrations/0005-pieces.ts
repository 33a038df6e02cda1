import { sql } from "kysely";
import type { Executor } from "../schema.js";

/** With how many others a delivery goes out after a crash, when what it tells happened, and which dead letters were announced. */
export async function up(db: Executor): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table deliveries add column together integer`,
  `alter table deliveries add column happened_at integer`,
  `alter table deliveries add column announced_at integer`,
  `update deliveries set announced_at = settled_at where state = 'dead'`,
];
