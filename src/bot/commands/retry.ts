import { askOrAct } from "../act.js";
import type { BotCommand } from "../command.js";
import { subjectOf } from "../subject-of.js";

/** `/retry TARGET`, `/retry failed TARGET`; without a target, of the card that is answered. */
export const retry: BotCommand = {
  name: "retry",
  aliases: ["rerun"],
  role: "member",
  run: async (context) => {
    const { subject, project } = await subjectOf(context, "pipeline");
    const failedOnly = context.words.split(/\s+/).includes("failed");
    return askOrAct(context, {
      verb: failedOnly ? "retry_failed" : "retry",
      subject,
      projectPath: project.path,
    });
  },
};
