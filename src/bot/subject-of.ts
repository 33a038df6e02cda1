import { Failure, type FailureDetails } from "../domain/failure.js";
import type { Subject, SubjectType } from "../domain/subject.js";
import { findTarget, type FoundTarget } from "../operations/find-target.js";
import type { CommandContext } from "./command.js";

type Named = Extract<SubjectType, "merge_request" | "pipeline">;

const which: Record<Named, FailureDetails> = {
  pipeline: {
    code: "which_pipeline",
    message: "Which pipeline?",
    remedy: "Reply to its card, or add owner/repo@run-id or a link after the command.",
  },
  merge_request: {
    code: "which_merge_request",
    message: "Which one?",
    remedy: "Reply to its card, or add owner/repo#12, group/project!12 or a link after the command.",
  },
};

const wrong: Record<Named, FailureDetails> = {
  pipeline: {
    code: "not_a_pipeline",
    message: "That is not a pipeline.",
    remedy: "Reply to a pipeline's card, or write owner/repo@run-id.",
  },
  merge_request: {
    code: "not_a_merge_request",
    message: "That is not a pull request or merge request.",
    remedy: "Write owner/repo#12 or group/project!12.",
  },
};

/** The merge request or pipeline that a command means: named behind it, or by the message that it answers. */
export async function subjectOf(
  context: CommandContext,
  type: Named,
): Promise<FoundTarget & { subject: Subject }> {
  const [word] = context.words.split(/\s+/).filter((candidate) => candidate !== "failed" && candidate !== "");
  const found =
    word === undefined ? context.replied : await findTarget(context.operations, word, context.signal);
  if (found === null) throw new Failure("rejected", which[type]);
  if (found.subject?.type !== type) throw new Failure("rejected", wrong[type]);
  return { ...found, subject: found.subject };
}

/** The project that a command means: named, or that of the answered message; null when neither. */
export async function projectOf(context: CommandContext): Promise<FoundTarget | null> {
  const [word] = context.words.split(/\s+/).filter((candidate) => candidate !== "");
  return word === undefined ? context.replied : findTarget(context.operations, word, context.signal);
}
