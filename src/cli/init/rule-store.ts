import { randomBytes } from "node:crypto";
import { ensureHome, type Home } from "../../config/home.js";
import type { Clock } from "../../lib/clock.js";
import type { OpenDatabase } from "../../store/database.js";
import type { Rules } from "./ports.js";
import { toNewRules } from "./rules.js";

/** The rules of the database, where the bot and `gitnotify subscriptions` change them. */
export function createRules({ home, clock }: { home: Home; clock: Clock }): Rules {
  return {
    async keep(draft) {
      if (draft.rules === undefined) return [];
      ensureHome(home);
      return withDatabase(home.databaseFile, async ({ db }) => {
        const [{ keepSubscriptions }, { listSubscriptions }] = await Promise.all([
          import("../../operations/keep-subscriptions.js"),
          import("../../store/subscriptions.js"),
        ]);
        const declared = draft.existing.config.subscriptions;
        const known = [...declared, ...(await listSubscriptions(db))];
        const randomText = (bytes: number) => randomBytes(bytes).toString("base64url");
        const kept = await keepSubscriptions({ db, clock, randomText, declared }, toNewRules(draft, known));
        return kept.filter(({ added }) => added).map(({ subscription }) => subscription);
      });
    },
    remove: (rules) =>
      withDatabase(home.databaseFile, async ({ db }) => {
        const { deleteSubscription } = await import("../../store/subscriptions.js");
        for (const { id } of rules) await deleteSubscription(db, id);
      }),
  };
}

async function withDatabase<T>(file: string, use: (opened: OpenDatabase) => Promise<T>): Promise<T> {
  const { openDatabase } = await import("../../store/database.js");
  const opened = await openDatabase(file);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
