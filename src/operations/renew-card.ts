import { destinationsWithMessage, spoilFingerprint } from "../store/cards.js";
import { oweUpdate } from "../store/outbox.js";
import type { OperationContext } from "./context.js";

/** A pressed button is used up: the card that it was on gets fresh ones. Other messages keep theirs as they are. */
export async function renewCard(
  context: OperationContext,
  pressed: { chat: string; messageId: string; subject: string },
): Promise<void> {
  const now = context.clock.now();
  await context.db.transaction().execute(async (transaction) => {
    for (const destination of await destinationsWithMessage(transaction, pressed)) {
      await spoilFingerprint(transaction, { destination, subject: pressed.subject });
      await oweUpdate(
        transaction,
        { destination, subject: pressed.subject, once: context.randomText(6) },
        now,
      );
    }
  });
  context.wake();
}
