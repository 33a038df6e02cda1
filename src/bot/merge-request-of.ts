import type { PressedAction } from "../domain/press.js";
import { shownHead } from "../operations/shown-subject.js";
import type { CommandContext } from "./command.js";
import { subjectOf } from "./subject-of.js";

/**
 * The merge request that a command means, with the head that the person saw: the one on the card when they answer a card,
 * else the head of this moment.
 */
export async function mergeRequestOf(context: CommandContext): Promise<Omit<PressedAction, "verb">> {
  const { subject, project, live } = await subjectOf(context, "merge_request");
  const answered = context.words === "" ? await shownHead(context.operations, subject) : null;
  if (answered !== null) {
    const { sha, branch } = answered;
    return { subject, projectPath: project.path, sha, branch };
  }
  const facts = await live.client.readMergeRequest(project, Number(subject.id), context.signal);
  return { subject, projectPath: project.path, sha: facts.headSha, branch: `${facts.head} → ${facts.base}` };
}
