import { toUpdateTrace } from "../lib/trace.js";
import { oweNotice } from "../store/outbox.js";
import { findMember } from "../store/members.js";
import type { OperationContext } from "./context.js";

/** A member whose command or press could not be handled hears so, as soon as anything can be sent again. */
export async function oweApology(
  context: OperationContext,
  given: { chat: string; person: string; what: string; updateId: number; wasHeldUp: boolean },
): Promise<void> {
  const { db, clock } = context;
  if ((await findMember(db, given.person)) === null) return;
  const name = given.wasHeldUp ? "given-up-waiting" : "given-up";
  const notice = { name, values: { what: given.what, trace: toUpdateTrace(given.updateId) } };
  const destination = { channel: "telegram", chat: given.chat };
  await oweNotice(db, { destination, notice, once: `given-up-${given.updateId}` }, clock.now());
  context.wake();
}
