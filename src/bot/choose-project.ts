import { listWatchedProjects } from "../operations/list-watched-projects.js";
import type { CommandContext } from "./command.js";
import { type Content, lines } from "./content.js";

const most = 8;

/** Asks for the project by buttons; each runs the command again with the project behind it. */
export async function chooseProject(context: CommandContext, command: "runs" | "mrs"): Promise<Content> {
  const projects = await listWatchedProjects(context.operations, most);
  if (projects.length === 0) return { text: lines(context.translate("bot.choose.none")) };
  return {
    text: lines(context.translate("bot.choose.project")),
    buttons: projects.map((project) => [
      {
        label: project.path,
        meaning: { do: "command", name: command, words: `${project.connectionId}:${project.path}` },
      },
    ]),
  };
}
