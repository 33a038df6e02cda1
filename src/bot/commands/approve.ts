import { askOrAct } from "../act.js";
import type { BotCommand } from "../command.js";
import { mergeRequestOf } from "../merge-request-of.js";

export const approve: BotCommand = {
  name: "approve",
  role: "member",
  run: async (context) => askOrAct(context, { verb: "approve", ...(await mergeRequestOf(context)) }),
};
