import type { en } from "./en.js";
import { access } from "./ru/access.js";
import { bot } from "./ru/bot.js";
import { cards } from "./ru/cards.js";
import { events } from "./ru/events.js";
import { init } from "./ru/init.js";
import { notices } from "./ru/notices.js";
import { shortfalls } from "./ru/shortfalls.js";

export const ru: Record<keyof typeof en, string> = {
  ...events,
  ...cards,
  ...notices,
  ...shortfalls,
  ...bot,
  ...init,
  ...access,
};
