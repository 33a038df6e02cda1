import { expect, it } from "vitest";
import { findCard, findMessageSubject, saveCard } from "../../src/store/cards.js";
import {
  findDestination,
  listParked,
  loadChatMoves,
  moveChat,
  park,
  unparkChat,
} from "../../src/store/destinations.js";
import { saveNonces, findNonce } from "../../src/store/nonces.js";
import { listDeliveries, oweNotice, owedDestinations } from "../../src/store/outbox.js";
import { listSubscriptions, saveSubscription } from "../../src/store/subscriptions.js";
import { saveWatching, untoldWatching } from "../../src/store/watching.js";
import { aSubscription } from "../support/builders.js";
import { testDatabase } from "../support/database.js";

const group = { channel: "telegram", chat: "-100" };
const notice = { name: "empty", values: {} };

it("opens a parked chat with all its topics, and no chat whose number begins alike", async () => {
  const { db } = await testDatabase();
  for (const key of ["telegram:-100:", "telegram:-100:7", "telegram:-1001:"])
    await park(db, key, { reason: "kicked", now: 5 });
  expect(await unparkChat(db, group)).toBe(true);
  expect(await unparkChat(db, group)).toBe(false);
  expect((await listParked(db)).map(({ key }) => key)).toEqual(["telegram:-1001:"]);
  expect(await findDestination(db, "telegram:-100:7")).toMatchObject({ parkedAt: null, waitUntil: 0 });
});

it("moves everything that names a chat to its new number", async () => {
  const { db } = await testDatabase();
  const topic = { ...group, topic: "7" };
  await oweNotice(db, { destination: group, notice, once: "a" }, 0);
  await oweNotice(db, { destination: topic, notice, once: "b" }, 0);
  await oweNotice(db, { destination: { ...group, chat: "-1001" }, notice, once: "c" }, 0);
  await saveCard(
    db,
    { destination: "telegram:-100:", subject: "s" },
    { messageId: "5", fingerprint: "f", chat: "-100", now: 0 },
  );
  const nonce = {
    nonce: "n",
    meaning: { do: "dismiss" },
    chat: "-100",
    person: null,
    batch: "b",
    expiresAt: 9,
  };
  await saveNonces(db, [nonce]);
  await saveSubscription(db, aSubscription({ id: "g", to: { chat: "-100", topic: "7" } }), 0);
  await saveSubscription(db, aSubscription({ id: "o", to: "owner" }), 1);
  await saveSubscription(db, aSubscription({ id: "m", to: { member: "-100" } }), 2);
  await saveWatching(db, [{ destination: "telegram:-100:7", connectionId: "github", projectId: null }]);

  await db.transaction().execute((transaction) => moveChat(transaction, group, "-900"));

  const owed = await listDeliveries(db, { limit: 9 });
  expect(owed.map(({ destination }) => destination).reverse()).toEqual([
    { channel: "telegram", chat: "-900" },
    { channel: "telegram", chat: "-900", topic: "7" },
    { channel: "telegram", chat: "-1001" },
  ]);
  expect((await owedDestinations(db)).map(({ key }) => key)).toEqual([
    "telegram:-900:",
    "telegram:-900:7",
    "telegram:-1001:",
  ]);
  // Message numbers do not carry over: the card begins anew.
  expect(await findCard(db, { destination: "telegram:-900:", subject: "s" })).toBeNull();
  expect(await findCard(db, { destination: "telegram:-100:", subject: "s" })).toBeNull();
  expect((await findNonce(db, "n", 0))?.chat).toBe("-900");
  expect((await listSubscriptions(db)).map(({ to }) => to)).toEqual([
    { chat: "-900", topic: "7" },
    "owner",
    { member: "-100" },
  ]);
  expect((await untoldWatching(db, "github")).map(({ destination }) => destination)).toEqual([
    "telegram:-900:7",
  ]);
  expect(await loadChatMoves(db, "telegram")).toEqual(new Map([["-100", "-900"]]));
  // The same thing owed again is known to be owed.
  await oweNotice(db, { destination: { ...group, chat: "-900" }, notice, once: "a" }, 0);
  expect(await listDeliveries(db, { limit: 9 })).toHaveLength(3);
});

it("moves a chat although the new one is owed the same already", async () => {
  const { db } = await testDatabase();
  await oweNotice(db, { destination: group, notice, once: "a" }, 0);
  await oweNotice(db, { destination: { ...group, chat: "-900" }, notice, once: "a" }, 0);
  await moveChat(db, group, "-900");
  expect((await listDeliveries(db, { limit: 9 })).map(({ destination }) => destination.chat)).toEqual([
    "-900",
  ]);
});

it("follows a chat that moves twice from its first number", async () => {
  const { db } = await testDatabase();
  await moveChat(db, group, "-900");
  await moveChat(db, { ...group, chat: "-900" }, "-950");
  expect((await loadChatMoves(db, "telegram")).get("-100")).toBe("-950");
});

it("finds the subject of an older message after the card was sent anew", async () => {
  const { db } = await testDatabase();
  const address = { destination: "telegram:-100:", subject: "s" };
  for (const messageId of ["5", "9"])
    await saveCard(db, address, { messageId, fingerprint: "f", chat: "-100", now: 0 });
  expect(await findMessageSubject(db, "-100", "5")).toBe("s");
  expect((await findCard(db, address))?.messageId).toBe("9");
});
