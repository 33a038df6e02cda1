import { moveChat, unparkChat } from "../store/destinations.js";
import type { OperationContext } from "./context.js";

/** The bot may write there (again): what was kept for the chat goes out. */
export async function chatOpened(context: OperationContext, chat: string): Promise<void> {
  if (await unparkChat(context.db, { channel: "telegram", chat })) context.wake();
}

/** A group became a supergroup: subscriptions, cards and what is owed follow it to its new id. */
export async function chatMoved(context: OperationContext, from: string, to: string): Promise<void> {
  await context.db
    .transaction()
    .execute((transaction) => moveChat(transaction, { channel: "telegram", chat: from }, to));
  context.wake();
}
