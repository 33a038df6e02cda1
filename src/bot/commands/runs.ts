import type { PipelineFacts } from "../../domain/facts/index.js";
import { finalStatuses } from "../../domain/facts/index.js";
import type { WantedButton } from "../../operations/buttons.js";
import type { FoundTarget } from "../../operations/find-target.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, code, type Content, joinLines, lines, link, text } from "../content.js";
import { chooseProject } from "../choose-project.js";
import { projectOf } from "../subject-of.js";

const shown = 5;
const icons: Record<PipelineFacts["status"], string> = {
  queued: "🕓", running: "🔄", success: "✅", failed: "❌", canceled: "🚫", skipped: "⏭", blocked: "✋", unknown: "❔",
}; // prettier-ignore

export const runs: BotCommand = {
  name: "runs",
  role: "member",
  run: async (context) => {
    const target = await projectOf(context);
    if (target === null) return chooseProject(context, "runs");
    const found = await target.live.client.listPipelines(target.project, shown, context.signal);
    if (found.length === 0)
      return { text: lines(context.translate("bot.runs.none", { project: target.project.path })) };
    return list(context, target, found);
  },
};

function list(context: CommandContext, { live, project }: FoundTarget, found: PipelineFacts[]): Content {
  const rows = found.map((run) => [
    text(`${icons[run.status]} `),
    link(nameOfRun(context, run, live.platform.words.pipeline), run.url),
    text(" · "),
    code(run.branch),
    text(run.actor === null ? "" : ` · ${run.actor.login}`),
  ]);
  const buttons = found
    .map((run) => buttonFor(context, project.path, { live, project, run }))
    .filter((button) => button !== null);
  return { text: joinLines([[bold(project.path)], ...rows]), buttons: buttons.map((button) => [button]) };
}

function nameOfRun({ translate }: CommandContext, { workflow, number }: PipelineFacts, word: string): string {
  if (workflow) return `${workflow} #${number}`;
  return translate("card.pipeline.name", { word, number: String(number) });
}

function buttonFor(
  { translate }: CommandContext,
  projectPath: string,
  { project, run }: { live: FoundTarget["live"]; project: FoundTarget["project"]; run: PipelineFacts },
): WantedButton | null {
  const subject = {
    connectionId: project.connectionId,
    projectId: project.id,
    type: "pipeline" as const,
    id: run.id,
  };
  if (run.status === "failed" || run.status === "canceled") {
    return {
      label: `${translate("button.retry")} #${run.number}`,
      meaning: { do: "act", verb: "retry", subject, projectPath },
    };
  }
  if (finalStatuses.includes(run.status)) return null;
  const meaning = {
    do: "act" as const,
    verb: "cancel" as const,
    subject,
    projectPath,
    branch: run.branch,
    sha: run.sha,
  };
  return { label: `${translate("button.cancel")} #${run.number}`, meaning };
}
