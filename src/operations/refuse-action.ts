import type { ButtonMeaning } from "../domain/press.js";
import { addAudit } from "../store/audit.js";
import type { OperationContext } from "./context.js";

/** Somebody who may not pressed a button that acts or shows what is private: nothing is done, and the audit knows. */
export async function refuseAction(
  context: OperationContext,
  press: { person: string; chat: string; meaning: ButtonMeaning; why: string },
): Promise<void> {
  const { meaning } = press;
  if (meaning.do === "dismiss" || meaning.do === "command") return;
  await addAudit(context.db, {
    at: context.clock.now(),
    person: press.person,
    chat: press.chat,
    connectionId: meaning.subject.connectionId,
    project: meaning.projectPath,
    action: meaning.do === "log" ? "log" : meaning.verb,
    target: `${meaning.subject.type} ${meaning.subject.id}`,
    sha: meaning.do === "log" ? undefined : meaning.sha,
    result: "refused",
    detail: press.why,
  });
}
