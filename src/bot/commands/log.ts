import type { BotCommand } from "../command.js";
import { logOf } from "../log-of.js";
import { subjectOf } from "../subject-of.js";

export const log: BotCommand = {
  name: "log",
  role: "member",
  run: async (context) => logOf(context, await subjectOf(context, "pipeline")),
};
