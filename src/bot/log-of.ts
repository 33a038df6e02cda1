import type { FailedJob } from "../domain/facts/index.js";
import type { TextNode } from "../domain/notification.js";
import type { Subject } from "../domain/subject.js";
import { type FoundTarget } from "../operations/find-target.js";
import { readFailureLog } from "../operations/read-failure-log.js";
import type { CommandContext } from "./command.js";
import { type Content, joinLines, lines, link, text } from "./content.js";
import { nameOf } from "./name-of.js";
import { oneLine } from "../lib/shorten.js";

/** A matrix may fail in fifty jobs: these can be pressed, the others are counted. */
const mostOthers = 5;

/** The end of the log of a failed job, with a button for each other one. */
export async function logOf(
  context: CommandContext,
  target: FoundTarget & { subject: Subject },
  jobId?: string,
): Promise<Content> {
  const { translate } = context;
  const found = await readFailureLog(target, jobId, context.signal);
  if (found === null) return { text: lines(translate("bot.log.none")) };
  const { job, tail, others } = found;
  const projectPath = target.project.path;
  const name = nameOf(context, { projectPath, subject: target.subject });
  const head = [text(`${name} · `), link(titleOf(job), job.url)];
  const more = others.length - mostOthers;
  const also: TextNode[][] =
    others.length === 0
      ? []
      : [
          [
            text(`${translate("bot.log.others", { count: others.length })} `),
            ...others
              .slice(0, mostOthers)
              .flatMap((other, index) => [text(index === 0 ? "" : ", "), link(titleOf(other), other.url)]),
            text(more > 0 ? ` +${more}` : ""),
          ],
        ];
  const output: TextNode =
    tail.trim() === "" ? text(translate("bot.log.empty")) : { node: "block", text: tail };
  return {
    text: [...joinLines([head, ...also]), { node: "break" }, output],
    buttons: others.slice(0, mostOthers).map((other) => [
      {
        label: translate("bot.log.of", { job: oneLine(titleOf(other), 40) }),
        meaning: { do: "log", subject: target.subject, projectPath, jobId: other.id },
      },
    ]),
  };
}

/** `integration · Run tests`: where in the job it failed. */
function titleOf({ name, step, via }: FailedJob): string {
  const whole = via === undefined ? name : `${via.name} → ${name}`;
  return step === undefined ? whole : `${whole} · ${step}`;
}
