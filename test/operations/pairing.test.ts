import { expect, it } from "vitest";
import { completePairing, createPairing, pairingMs } from "../../src/operations/pairing.js";
import type { OperationContext } from "../../src/operations/context.js";
import { keepSubscriptions } from "../../src/operations/keep-subscriptions.js";
import { listMembers } from "../../src/store/members.js";
import { listSubscriptions } from "../../src/store/subscriptions.js";
import { aSubscription } from "../support/builders.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock } from "../support/fake-clock.js";

async function createContext() {
  const { db } = await testDatabase();
  let codes = 0;
  const randomText = (bytes: number) => `code-${bytes}-${(codes += 1)}`;
  const declared: OperationContext["declared"] = [];
  return { db, clock: createFakeClock(), randomText, declared };
}

it("makes the first with the right code the owner, with everything that concerns them", async () => {
  const context = await createContext();
  const { code } = await createPairing(context);
  expect(await completePairing(context, { code: "guessed", id: "1", name: "Eve" })).toBeNull();
  const both = await Promise.all(["2", "3"].map((id) => completePairing(context, { code, id, name: id })));
  expect(both.filter((pairing) => pairing !== null)).toHaveLength(1);
  expect(await listMembers(context.db)).toEqual([{ id: "2", role: "owner", name: "2" }]);
  expect((await listSubscriptions(context.db)).map(({ to, projects }) => [to, projects])).toEqual([
    ["owner", undefined],
  ]);
});

it("takes no code twice, none that is too old, none before the newest, and none once there is an owner", async () => {
  const context = await createContext();
  const pair = (code: string) => completePairing(context, { code, id: "1", name: "Mia" });
  const old = await createPairing(context);
  const { code } = await createPairing(context);
  expect(await pair(old.code)).toBeNull();
  await context.clock.advance(pairingMs);
  expect(await pair(code)).toBeNull();
  expect(await pair((await createPairing(context)).code)).not.toBeNull();
  expect(await pair((await createPairing(context)).code)).toBeNull();
});

it("keeps no code that could be read out of the database", async () => {
  const context = await createContext();
  const { code } = await createPairing(context);
  const rows = await context.db.selectFrom("pairings").selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(code);
});

it("adds no subscription where config.yaml declares one for the owner", async () => {
  const context = { ...(await createContext()), declared: [aSubscription({ origin: "config" })] };
  const { code } = await createPairing(context);
  expect(await completePairing(context, { code, id: "1", name: "Mia" })).toMatchObject({
    subscription: null,
  });
  expect(await listSubscriptions(context.db)).toEqual([]);
});

it("adds no subscription where `init` kept what the owner wants", async () => {
  const context = await createContext();
  const rule = {
    to: "owner" as const,
    projects: ["work:acme/api"],
    features: ["reviews" as const],
    filter: "",
  };
  await keepSubscriptions(context, [rule]);
  const { code } = await createPairing(context);
  await completePairing(context, { code, id: "1", name: "Mia" });
  expect(await listSubscriptions(context.db)).toHaveLength(1);
});
