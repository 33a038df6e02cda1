import type { Member } from "../domain/member.js";
import { findMember, greetOnce, wasGreeted } from "../store/members.js";
import { tellAtMost } from "../store/told.js";
import type { OperationContext } from "./context.js";

export function knownMember(context: OperationContext, telegramId: string): Promise<Member | null> {
  return findMember(context.db, telegramId);
}

const hour = 3_600_000;
/** A crowd of strangers must not make the bot send for its sake all day. */
const strangersAnHour = { what: "strangers", most: 20 };

/** True the first time a stranger turns up, unless many did in this hour: then they get silence. */
export async function greetStranger(context: OperationContext, telegramId: string): Promise<boolean> {
  const now = context.clock.now();
  if (await wasGreeted(context.db, telegramId)) return false;
  if (!(await tellAtMost(context.db, [{ ...strangersAnHour, since: now - hour }], now))) return false;
  return greetOnce(context.db, telegramId, now);
}

/** Whether somebody at a bot without an owner gets an answer: it may be the owner-to-be, who tries a few times. */
export function mayGuideStranger(
  context: Pick<OperationContext, "db" | "clock">,
  telegramId: string,
): Promise<boolean> {
  const now = context.clock.now();
  const own = { what: `stranger:${telegramId}`, most: 5, since: now - hour };
  return tellAtMost(context.db, [own, { ...strangersAnHour, since: now - hour }], now);
}
