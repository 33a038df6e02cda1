import type { FeatureName } from "../domain/feature.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { fromJson, fromNullableJson } from "./json.js";
import type { Executor } from "./schema.js";

/** Subscriptions made in the bot or by the CLI, oldest first. */
export async function listSubscriptions(db: Executor): Promise<Subscription[]> {
  const rows = await db.selectFrom("subscriptions").selectAll().orderBy("created_at").orderBy("id").execute();
  return rows.map((row) => ({
    id: row.id,
    origin: "stored",
    to: fromJson<Recipient>(row.recipient),
    projects: fromNullableJson<string[]>(row.projects) ?? undefined,
    features: fromJson<FeatureName[]>(row.features),
    filter: row.filter,
    createdBy: row.created_by ?? undefined,
  }));
}

/** Adds it, or replaces the one with the same id. */
export async function saveSubscription(db: Executor, subscription: Subscription, now: number): Promise<void> {
  const values = {
    recipient: JSON.stringify(subscription.to),
    projects: subscription.projects === undefined ? null : JSON.stringify(subscription.projects),
    features: JSON.stringify(subscription.features),
    filter: subscription.filter,
    created_by: subscription.createdBy ?? null,
  };
  await db
    .insertInto("subscriptions")
    .values({ id: subscription.id, created_at: now, ...values })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
    .execute();
}

export async function deleteSubscription(db: Executor, id: string): Promise<boolean> {
  const result = await db.deleteFrom("subscriptions").where("id", "=", id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}
