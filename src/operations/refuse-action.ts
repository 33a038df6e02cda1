import type { ButtonMeaning } from "../domain/press.js";
import { addAudit } from "../store/audit.js";
import type { OperationContext } from "./context.js";

/** Somebody who may not pressed a button: nothing is done, and the audit knows. */
export async function refuseAction(
  context: OperationContext,
  press: { person: string; chat: string; meaning: ButtonMeaning },
): Promise<void> {
  const { meaning } = press;
  if (meaning.do !== "act" && meaning.do !== "confirmed") return;
  await addAudit(context.db, {
    at: context.clock.now(),
    person: press.person,
    chat: press.chat,
    connectionId: meaning.subject.connectionId,
    project: meaning.projectPath,
    action: meaning.verb,
    target: `${meaning.subject.type} ${meaning.subject.id}`,
    sha: meaning.sha,
    result: "refused",
    detail: "not a member",
  });
}
