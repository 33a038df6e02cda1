import { toDestinationKey } from "../domain/destination.js";
import { type Failure, toTold } from "../domain/failure.js";
import type { Clock } from "../lib/clock.js";
import { findCard, forgetCard, saveCard } from "../store/cards.js";
import { moveChat, park, unparkChat, waitWith } from "../store/destinations.js";
import { type Delivery, mendCards, oweUpdate, type Settlement, settleDeliveries } from "../store/outbox.js";
import type { Database, Executor } from "../store/schema.js";
import type { Batch } from "./batch.js";
import type { Verdict } from "./retry-policy.js";
import type { Sent } from "./send-batch.js";

/** Writes down how a batch ended, in one commit right after the answer. */
export interface Aftermath {
  delivered(batch: Batch, sent: Sent): Promise<void>;
  failed(batch: Batch, outcome: { failure: Failure; verdict: Verdict }): Promise<void>;
}

export function createAftermath({ db, clock }: { db: Database; clock: Clock }): Aftermath {
  return {
    delivered: (batch, sent) =>
      db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const ids = batch.deliveries.map((delivery) => delivery.id);
        const settlement: Settlement = { state: "delivered", messageId: sent.messageId };
        if (sent.note !== undefined) settlement.reason = sent.note;
        await settleDeliveries(transaction, { ids, settlement, now });
        const head = batch.deliveries[0];
        if (head === undefined) return;
        await unparkChat(transaction, head.destination);
        if (batch.kind === "digest") return editCards(transaction, batch.deliveries, now);
        if (batch.kind !== "card" || sent.card === undefined) return;
        const address = { destination: toDestinationKey(head.destination), subject: batch.subject };
        await saveCard(transaction, address, { ...sent.card, chat: head.destination.chat, now });
      }),

    failed: (batch, { failure, verdict }) =>
      db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const head = batch.deliveries[0];
        if (head === undefined) return;
        const key = toDestinationKey(head.destination);
        const ids = batch.deliveries.map((delivery) => delivery.id);
        await settleDeliveries(transaction, { ids, settlement: toSettlement(verdict, failure, now), now });
        switch (verdict.do) {
          case "wait":
            return waitWith(transaction, key, verdict.until);
          case "park":
            return park(transaction, key, { reason: toTold(failure), now });
          case "move":
            return moveChat(transaction, head.destination, verdict.chat);
          case "renew":
            if (batch.kind === "card")
              await forgetCard(transaction, { destination: key, subject: batch.subject });
            return;
          case "bury":
            return mendCards(transaction, ids, now);
          case "again":
            return;
        }
      }),
  };
}

/** A digest tells the news of subjects whose cards stand further up: these follow. */
async function editCards(db: Executor, told: readonly Delivery[], now: number): Promise<void> {
  const subjects = new Set(told.flatMap(({ subject }) => subject ?? []));
  const [head] = told;
  if (head === undefined) return;
  const destination = toDestinationKey(head.destination);
  for (const subject of subjects) {
    if ((await findCard(db, { destination, subject })) === null) continue;
    await oweUpdate(db, { destination, subject, once: `digest ${head.id}` }, now);
  }
}

function toSettlement(verdict: Verdict, failure: Failure, now: number): Settlement {
  const reason = toTold(failure);
  switch (verdict.do) {
    case "bury":
      return { state: "dead", reason };
    case "again":
      return { state: verdict.inDoubt ? "unknown" : "pending", nextAttemptAt: verdict.at, reason };
    case "wait":
      return { state: "pending", nextAttemptAt: verdict.until, reason };
    case "park":
    case "move":
    case "renew":
      return { state: "pending", nextAttemptAt: now, reason };
  }
}
