import type { Button } from "../domain/notification.js";
import { type ButtonMeaning, lifetimeMs } from "../domain/press.js";
import { findNonce, type NewNonce, saveNonces, spendBatch, spendNonce } from "./nonces.js";
import type { Database, Executor } from "./schema.js";

/** A button before it has its nonce: a link, or a meaning. */
export interface WantedButton {
  label: string;
  style?: Button["style"];
  url?: string;
  meaning?: ButtonMeaning;
}

export interface ButtonOwner {
  chat: string;
  /** The only one who may press; null: every member. */
  person: string | null;
}

/** Gives every button that means something a fresh nonce (128 bits) and keeps the meaning. Commit before the message goes out. */
export async function issueButtons(
  db: Executor,
  rows: ReadonlyArray<readonly WantedButton[]>,
  issue: ButtonOwner & { now: number; randomText: (bytes: number) => string },
): Promise<Button[][]> {
  const batch = issue.randomText(9);
  const nonces: NewNonce[] = [];
  const buttons = rows.map((row) =>
    row.map((wanted): Button => {
      const { meaning, ...button } = wanted;
      if (meaning === undefined) return button;
      const nonce = issue.randomText(16);
      nonces.push({
        nonce,
        meaning,
        batch,
        chat: issue.chat,
        person: issue.person,
        expiresAt: issue.now + lifetimeMs(meaning),
      });
      return { ...button, nonce };
    }),
  );
  await saveNonces(db, nonces);
  return buttons;
}

export type Press =
  | { ok: true; meaning: ButtonMeaning }
  | { ok: false; why: "unknown" | "expired" | "used" }
  | { ok: false; why: "not_yours"; meaning: ButtonMeaning };

/** What a press means, without using it up: whether the person may do it is decided first. */
export async function readPress(
  db: Executor,
  press: { nonce: string; chat: string; person: string; by: string; now: number },
): Promise<Press> {
  const found = await findNonce<ButtonMeaning>(db, press.nonce, press.now);
  if (found === null || found.chat !== press.chat) return { ok: false, why: "unknown" };
  if (found.person !== null && found.person !== press.person)
    return { ok: false, why: "not_yours", meaning: found.meaning };
  // Handled once already, and interrupted: it goes on where nothing was done, and hears how it ended where something was.
  if (found.used && found.usedBy === press.by) return { ok: true, meaning: found.meaning };
  if (found.used) return { ok: false, why: "used" };
  if (found.expired) return { ok: false, why: "expired" };
  return { ok: true, meaning: found.meaning };
}

/**
 * Uses a press up; false when another press of the same button was faster. An answer to a question uses up its other answers. `by` names
 * the update: the same one may come again after a stop.
 */
export async function spendPress(
  db: Database,
  { nonce, by, now }: { nonce: string; by: string; now: number },
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const found = await findNonce<ButtonMeaning>(transaction, nonce, now);
    if (found === null) return false;
    if (found.used) return found.usedBy === by;
    if (!(await spendNonce(transaction, { nonce, by, now }))) return false;
    if (found.meaning.do === "confirmed" || found.meaning.do === "dismiss")
      await spendBatch(transaction, found.batch, now);
    return true;
  });
}
