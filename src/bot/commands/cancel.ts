import { askOrAct } from "../act.js";
import type { BotCommand } from "../command.js";
import { subjectOf } from "../subject-of.js";

export const cancel: BotCommand = {
  name: "cancel",
  role: "member",
  run: async (context) => {
    const { subject, project, live } = await subjectOf(context, "pipeline");
    const pipeline = await live.client.readPipeline(project, subject.id, context.signal);
    return askOrAct(context, {
      verb: "cancel",
      subject,
      projectPath: project.path,
      branch: pipeline.branch,
      sha: pipeline.sha,
    });
  },
};
