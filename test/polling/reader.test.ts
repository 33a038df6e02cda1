import { expect, it } from "vitest";
import { readerOf } from "../../src/polling/reader.js";
import { loadSubscriptions } from "../../src/polling/subscriptions.js";
import { saveMember } from "../../src/store/members.js";
import { saveSubscription } from "../../src/store/subscriptions.js";
import { ann, aSubscription } from "../support/builders.js";
import { createPollingWorld, ownersId } from "./polling-world.js";

const asAnn = { accounts: [{ connectionId: "forge", personId: ann.id, login: "ann" }] };
const asNobody = { accounts: [] };

it("lets the owner's private chat alone read as the accounts, whoever is a member or in a group", async () => {
  const { opened } = await createPollingWorld();
  const { db } = opened;
  await saveMember(db, { id: "600", role: "member", name: "Bob" }, 0);
  for (const [chat, reader] of [
    [ownersId, asAnn],
    ["600", asNobody],
    ["-100", asNobody],
  ] as const)
    expect(await readerOf(db, { channel: "telegram", chat })).toEqual(reader);
  for (const [id, to] of [
    ["g", { chat: "-100" }],
    ["m", { member: "600" }],
    ["o", { chat: ownersId }],
  ] as const)
    await saveSubscription(db, aSubscription({ id, to }), 1);
  const readers = (await loadSubscriptions(db, [])).map(({ subscription, reader }) => [
    subscription.id,
    reader,
  ]);
  expect(Object.fromEntries(readers)).toEqual({ s1: asAnn, g: asNobody, m: asNobody, o: asAnn });
});
