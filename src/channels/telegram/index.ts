import type { Channel, ChannelLimits } from "../channel.js";
import type { Button, Notification } from "../../domain/notification.js";
import { isFailure } from "../../domain/failure.js";
import type { Log } from "../../lib/log.js";
import type { KeyboardButton, OutgoingMessage, TelegramApi } from "./api.js";
import { cleanText, cleanUrl } from "./clean-text.js";
import { maxTextLength, toHtml, toPlain } from "./html.js";

export const telegramChannelId = "telegram";

export interface TelegramChannelOptions {
  api: TelegramApi;
  log: Log;
}

/** Notifications as Telegram messages in HTML, without link previews. */
export function createTelegramChannel({ api, log }: TelegramChannelOptions): Channel {
  return {
    id: telegramChannelId,
    limits,
    async send(destination, notification, { replyTo, signal }) {
      const message: OutgoingMessage = {
        ...toMessage(destination.chat, notification),
        silent: notification.silent,
        ...(destination.topic === undefined ? {} : { topic: destination.topic }),
        ...(replyTo === undefined ? {} : { replyTo }),
      };
      return withoutTopic(message, log, (tried) =>
        orPlain(tried, { notification, log }, (content) => api.sendMessage(content, signal)),
      );
    },
    async edit({ destination, messageId }, notification, signal) {
      const message = { ...toMessage(destination.chat, notification), messageId };
      try {
        await orPlain(message, { notification, log }, (content) =>
          api.editMessage({ ...content, messageId }, signal),
        );
      } catch (error) {
        if (!isFailure(error) || error.code !== "not_modified") throw error;
      }
    },
    /** Telegram allows it for 48 hours. */
    remove: ({ destination, messageId }, signal) =>
      api.deleteMessage({ chat: destination.chat, messageId }, signal),
  };
}

/** As Telegram's bot FAQ has them: a message a second in a chat, 20 a minute in a group. Group ids are negative. */
const limits: ChannelLimits = {
  textLength: maxTextLength,
  gapMs: () => 1000,
  perMinute: (destination) => (destination.chat.startsWith("-") ? 20 : 60),
};

type Content = Omit<OutgoingMessage, "topic" | "replyTo" | "silent">;

function toMessage(chat: string, notification: Notification): Content {
  return {
    chat,
    text: toHtml(notification.text) || "…",
    html: true,
    keyboard: toKeyboard(notification.buttons),
  };
}

/** Once more as plain text when Telegram cannot read our markup: a message without bold beats none. It is our bug, so it is logged. */
async function orPlain<M extends Content, T>(
  message: M,
  { notification, log }: { notification: Notification; log: Log },
  run: (message: M) => Promise<T>,
): Promise<T> {
  try {
    return await run(message);
  } catch (error) {
    if (!isFailure(error) || error.code !== "entities") throw error;
    log.error("Telegram could not read a message's markup; it goes out as plain text", {
      reason: error.message,
    });
    return run({ ...message, text: toPlain(notification.text) || "…", html: false });
  }
}

/** A topic that is closed or gone: the message goes to the chat's General topic instead. */
async function withoutTopic<T>(
  message: OutgoingMessage,
  log: Log,
  run: (message: OutgoingMessage) => Promise<T>,
): Promise<T> {
  try {
    return await run(message);
  } catch (error) {
    if (!isFailure(error) || error.code !== "topic" || message.topic === undefined) throw error;
    const { topic, ...elsewhere } = message;
    log.warn("A topic is closed or gone; the message goes to the chat itself", { chat: message.chat, topic });
    return run(elsewhere);
  }
}

const maxRow = 8;
const maxButtons = 100;
const maxLabel = 64;

/** Buttons that Telegram would refuse the whole message for are left out: no label, no address, data of more than 64 bytes. */
function toKeyboard(rows: readonly Button[][]): KeyboardButton[][] {
  const keyboard: KeyboardButton[][] = [];
  let left = maxButtons;
  for (const row of rows) {
    const buttons = row.flatMap(toButton).slice(0, left);
    left -= buttons.length;
    for (let start = 0; start < buttons.length; start += maxRow)
      keyboard.push(buttons.slice(start, start + maxRow));
  }
  return keyboard;
}

function toButton(button: Button): KeyboardButton[] {
  const label = [...cleanText(button.label).replaceAll("\n", " ").trim()].slice(0, maxLabel).join("");
  const style = button.style === undefined ? {} : { style: button.style };
  const nonce = button.nonce;
  const url = button.url === undefined ? null : cleanUrl(button.url);
  if (label === "") return [];
  if (url !== null) return [{ text: label, url, ...style }];
  if (nonce === undefined || nonce === "" || Buffer.byteLength(nonce) > 64) return [];
  return [{ text: label, callback_data: nonce, ...style }];
}
