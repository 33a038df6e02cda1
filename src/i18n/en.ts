import { access } from "./en/access.js";
import { bot } from "./en/bot.js";
import { cards } from "./en/cards.js";
import { events } from "./en/events.js";
import { init } from "./en/init.js";
import { notices } from "./en/notices.js";
import { shortfalls } from "./en/shortfalls.js";

/** Every message, in ICU message format. The first language: its keys are the keys. */
export const en = { ...events, ...cards, ...notices, ...shortfalls, ...bot, ...init, ...access };
