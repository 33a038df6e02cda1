import { expect, it } from "vitest";
import { keepSubscriptions, type NewRule } from "../../src/operations/keep-subscriptions.js";
import { listSubscriptions, saveSubscription } from "../../src/store/subscriptions.js";
import { aSubscription } from "../support/builders.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock } from "../support/fake-clock.js";

const rule: NewRule = { to: "owner", projects: ["work:acme/api"], features: ["reviews", "wiki"], filter: "" };

async function createContext(names: string[] = []) {
  const { db } = await testDatabase();
  const declared = [aSubscription({ id: "config-1", origin: "config", projects: ["work:acme/declared"] })];
  return { db, clock: createFakeClock(), declared, randomText: () => names.shift() ?? "abcd" };
}

it("keeps a rule once, whoever made it and in whatever order it names things", async () => {
  const context = await createContext(["Aa-1", "bbbb"]);
  const [first] = await keepSubscriptions(context, [rule]);
  expect(first).toEqual({ added: true, subscription: { ...rule, id: "aax1", origin: "stored" } });
  const again = await keepSubscriptions(context, [{ ...rule, features: ["wiki", "reviews"] }, rule]);
  expect(again.map(({ added, subscription }) => [added, subscription.id])).toEqual([
    [false, "aax1"],
    [false, "aax1"],
  ]);
  const declared = { ...rule, ...context.declared[0]! };
  expect(await keepSubscriptions(context, [declared])).toMatchObject([
    { added: false, subscription: { id: "config-1" } },
  ]);
  expect(await listSubscriptions(context.db)).toHaveLength(1);
});

it("never replaces another rule whose name comes up again", async () => {
  const context = await createContext(["taken", "config-1", "free"]);
  await saveSubscription(context.db, aSubscription({ id: "taken" }), 0);
  const [kept] = await keepSubscriptions(context, [rule]);
  expect(kept?.subscription.id).toBe("configx1");
  expect(await listSubscriptions(context.db)).toHaveLength(2);
});
