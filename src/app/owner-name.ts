import { isFailure } from "../domain/failure.js";
import { findOwner, saveMember } from "../store/members.js";
import type { App } from "./app.js";

/**
 * An owner whom config.yaml names by number alone is asked of Telegram for a name, once there is one to be told: Telegram knows it
 * as soon as that person has pressed Start. Without an answer the number stays, and the next start asks again.
 */
export async function learnOwnerName({ options, telegram }: App, signal: AbortSignal): Promise<void> {
  const { db, clock, log } = options;
  const owner = await findOwner(db);
  if (owner === null || owner.name !== owner.id) return;
  try {
    const { title } = await telegram.api.getChat(owner.id, signal);
    if (title !== "") await saveMember(db, { ...owner, name: title }, clock.now());
  } catch (error) {
    if (!isFailure(error)) throw error;
    log.info("The owner's name is not known yet", { reason: error.message });
  }
}
