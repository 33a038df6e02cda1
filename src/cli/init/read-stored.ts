import { existsSync } from "node:fs";
import type { Subscription } from "../../domain/subscription.js";

export interface Stored {
  owner: { id: string; name: string } | null;
  rules: Subscription[];
}

/** What the database knows: whoever was paired, and the rules. One that cannot be read is for `doctor` to speak of. */
export async function readStored(databaseFile: string): Promise<Stored> {
  const nothing: Stored = { owner: null, rules: [] };
  if (!existsSync(databaseFile)) return nothing;
  const [{ openDatabase }, { findOwner }, { listSubscriptions }] = await Promise.all([
    import("../../store/database.js"),
    import("../../store/members.js"),
    import("../../store/subscriptions.js"),
  ]);
  try {
    const opened = await openDatabase(databaseFile, { readOnly: true });
    try {
      return { owner: await findOwner(opened.db), rules: await listSubscriptions(opened.db) };
    } finally {
      await opened.close();
    }
  } catch {
    return nothing;
  }
}
