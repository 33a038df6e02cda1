import { unparkChat } from "../store/destinations.js";
import type { OperationContext } from "./context.js";

/** The bot may write there (again): what was kept for the chat goes out. */
export async function chatOpened(context: OperationContext, chat: string): Promise<void> {
  if (await unparkChat(context.db, { channel: "telegram", chat })) context.wake();
}
