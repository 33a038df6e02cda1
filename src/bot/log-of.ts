import type { Subject } from "../domain/subject.js";
import { type FoundTarget } from "../operations/find-target.js";
import { readFailureLog } from "../operations/read-failure-log.js";
import type { CommandContext } from "./command.js";
import { bold, type Content, joinLines, lines, link, text } from "./content.js";

/** The end of the log of the first failed job. */
export async function logOf(
  context: CommandContext,
  target: FoundTarget & { subject: Subject },
): Promise<Content> {
  const found = await readFailureLog(target, context.signal);
  if (found === null) return { text: lines(context.translate("bot.log.none")) };
  const head = [bold(target.project.path), text(" · "), link(found.job.name, found.job.url)];
  return { text: [...joinLines([head]), { node: "block", text: found.tail }] };
}
