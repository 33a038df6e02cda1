import { sql } from "kysely";
import type { Executor } from "./schema.js";
import type { Ask } from "./status-rows.js";

/** The statements of the status report through kysely. */
export function toAsk(db: Executor): Ask {
  return async (statement) => (await sql.raw(statement).execute(db)).rows;
}
