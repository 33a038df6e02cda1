import { type Subject, toSubjectKey } from "../domain/subject.js";
import { tellAtMost } from "../store/told.js";
import type { OperationContext } from "./context.js";

/** True once for each card in a chat: people who talk below a card want to hear once, not each time, that nothing is posted. */
export function explainsReply(
  context: OperationContext,
  { chat, subject }: { chat: string; subject: Subject },
): Promise<boolean> {
  const limit = { what: `reply:${chat}:${toSubjectKey(subject)}`, most: 1, since: 0 };
  return tellAtMost(context.db, [limit], context.clock.now());
}
