import type { BotCommand } from "../command.js";
import { approve } from "./approve.js";
import { cancel } from "./cancel.js";
import { help } from "./help.js";
import { log } from "./log.js";
import { me } from "./me.js";
import { merge } from "./merge.js";
import { mrs } from "./mrs.js";
import { retry } from "./retry.js";
import { runs } from "./runs.js";
import { start } from "./start.js";
import { status } from "./status.js";
import { subscribe } from "./subscribe.js";
import { subscriptions } from "./subscriptions.js";
import { unsubscribe } from "./unsubscribe.js";

/** The list, in the order of `/help` and of Telegram's menu. */
export const botCommands: readonly BotCommand[] = [
  start,
  help,
  me,
  status,
  subscribe,
  unsubscribe,
  subscriptions,
  runs,
  retry,
  cancel,
  log,
  mrs,
  approve,
  merge,
];

export function findCommand(name: string): BotCommand | undefined {
  return botCommands.find((command) => command.name === name || command.aliases?.includes(name));
}
