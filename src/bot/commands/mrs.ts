import type { MergeRequestFacts } from "../../domain/facts/index.js";
import type { WantedButton } from "../../operations/buttons.js";
import type { FoundTarget } from "../../operations/find-target.js";
import { chooseProject } from "../choose-project.js";
import type { BotCommand, CommandContext } from "../command.js";
import { bold, type Content, joinLines, lines, link, text } from "../content.js";
import { projectOf } from "../subject-of.js";
import { oneLine } from "../../lib/shorten.js";

const shown = 6;

export const mrs: BotCommand = {
  name: "mrs",
  role: "member",
  run: async (context) => {
    const target = await projectOf(context);
    if (target === null) return chooseProject(context, "mrs");
    const found = await target.live.client.listMergeRequests(target.project, shown, context.signal);
    if (found.length === 0)
      return { text: lines(context.translate("bot.mrs.none", { project: target.project.path })) };
    return list(context, target, found);
  },
};

function list(context: CommandContext, { live, project }: FoundTarget, found: MergeRequestFacts[]): Content {
  const { sigil } = live.platform.words;
  const rows = found.map((mr) => [
    link(`${sigil}${mr.number} ${oneLine(mr.title, 120)}`, mr.url),
    text(`${mr.author === null ? "" : ` · ${mr.author.login}`}${mr.draft ? " · ✏️" : ""}`),
  ]);
  const buttons = found.filter((mr) => !mr.draft).map((mr) => buttonsFor(context, { live, project, mr }));
  return { text: joinLines([[bold(project.path)], ...rows]), buttons };
}

function buttonsFor(
  { translate }: CommandContext,
  { live, project, mr }: Pick<FoundTarget, "live" | "project"> & { mr: MergeRequestFacts },
): WantedButton[] {
  const subject = {
    connectionId: project.connectionId,
    projectId: project.id,
    type: "merge_request" as const,
    id: String(mr.number),
  };
  const pressed = { subject, projectPath: project.path, sha: mr.headSha, branch: `${mr.head} → ${mr.base}` };
  const name = `${live.platform.words.sigil}${mr.number}`;
  return [
    { label: `${translate("button.approve")} ${name}`, meaning: { do: "act", verb: "approve", ...pressed } },
    { label: `${translate("button.merge")} ${name}`, meaning: { do: "act", verb: "merge", ...pressed } },
  ];
}
