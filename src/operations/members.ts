import type { Member } from "../domain/member.js";
import { findMember, greetOnce } from "../store/members.js";
import type { OperationContext } from "./context.js";

export function knownMember(context: OperationContext, telegramId: string): Promise<Member | null> {
  return findMember(context.db, telegramId);
}

/** True the first time a stranger turns up: later ones get silence. */
export function greetStranger(context: OperationContext, telegramId: string): Promise<boolean> {
  return greetOnce(context.db, telegramId, context.clock.now());
}
