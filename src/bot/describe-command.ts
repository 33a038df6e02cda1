import { isMessageKey, type Translate } from "../i18n/index.js";

/** One line on a command, for `/help` and for Telegram's menu. A test holds that every command has one. */
export function describe(translate: Translate, name: string): string {
  const key = `bot.command.${name}`;
  return isMessageKey(key) ? translate(key) : name;
}
