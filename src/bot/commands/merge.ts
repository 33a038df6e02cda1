import { askOrAct } from "../act.js";
import type { BotCommand } from "../command.js";
import { mergeRequestOf } from "../merge-request-of.js";

export const merge: BotCommand = {
  name: "merge",
  role: "member",
  run: async (context) => askOrAct(context, { verb: "merge", ...(await mergeRequestOf(context)) }),
};
