import { Failure } from "../domain/failure.js";
import type { Subject, SubjectType } from "../domain/subject.js";
import { findTarget, type FoundTarget } from "../operations/find-target.js";
import type { CommandContext } from "./command.js";

/** The merge request or pipeline that a command means: named behind it, or by the message that it answers. */
export async function subjectOf(
  context: CommandContext,
  type: Extract<SubjectType, "merge_request" | "pipeline">,
): Promise<FoundTarget & { subject: Subject }> {
  const [word] = context.words.split(/\s+/).filter((candidate) => candidate !== "failed" && candidate !== "");
  const found =
    word === undefined ? context.replied : await findTarget(context.operations, word, context.signal);
  if (found === null)
    throw new Failure("rejected", { message: context.translate(`bot.which.${type}`), code: "target" });
  if (found.subject?.type !== type) {
    throw new Failure("rejected", { message: context.translate(`bot.wrong.${type}`), code: "target" });
  }
  return { ...found, subject: found.subject };
}

/** The project that a command means: named, or that of the answered message; null when neither. */
export async function projectOf(context: CommandContext): Promise<FoundTarget | null> {
  const [word] = context.words.split(/\s+/).filter((candidate) => candidate !== "");
  return word === undefined ? context.replied : findTarget(context.operations, word, context.signal);
}
