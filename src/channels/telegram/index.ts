import type { Channel, ChannelLimits } from "../channel.js";
import type { Button, Notification, TextNode } from "../../domain/notification.js";
import { isFailure } from "../../domain/failure.js";
import type { Log } from "../../lib/log.js";
import type { KeyboardButton, OutgoingMessage, TelegramApi } from "./api.js";
import { cleanText, cleanUrl } from "./clean-text.js";
import { maxTextLength, toHtml, toPlain } from "./html.js";
import { oneLine } from "../../lib/shorten.js";

const telegramChannelId = "telegram";

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
        orPlainer(tried, { notification, log }, (content) => api.sendMessage(content, signal)),
      );
    },
    async edit({ destination, messageId }, notification, signal) {
      const message = { ...toMessage(destination.chat, notification), messageId };
      try {
        await orPlainer(message, { notification, log }, (content) =>
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
  const text = withAddresses(notification, (url) => !canOpen(url));
  return { chat, text: toHtml(text) || "…", html: true, keyboard: toKeyboard(notification.buttons) };
}

/** The text, and below it the addresses of those buttons that are not sent: code is copied with one tap. */
function withAddresses({ text, buttons }: Notification, isLost: (url: string) => boolean): TextNode[] {
  const lost = buttons.flat().flatMap(({ url }) => {
    const address = url === undefined ? null : cleanUrl(url);
    return address !== null && isLost(address) ? [address] : [];
  });
  return [
    ...text,
    ...[...new Set(lost)].flatMap((url): TextNode[] => [{ node: "break" }, { node: "code", text: url }]),
  ];
}

/** Telegram refuses buttons that lead to a host without a dot, like `localhost` or `http://gitlab:8080`. */
function canOpen(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname.includes(".") || hostname.startsWith("[");
}

/** In a message that was refused for its length. Telegram counts otherwise than we do where it adds to a text. */
const shortLength = maxTextLength / 2;

/** What to send in place of a message that was refused for a part of it: a message without bold or without buttons beats none. */
function toPlainer<M extends Content>(message: M, notification: Notification, refusedFor?: string): M | null {
  const { text } = notification;
  const addressed = withAddresses(notification, () => true);
  const hasLinks = message.keyboard.flat().some((button) => "url" in button);
  switch (refusedFor) {
    case "entities":
      return message.html ? { ...message, text: toPlain(text) || "…", html: false } : null;
    case "button": {
      if (message.keyboard.length === 0) return null;
      const rows = message.keyboard.map((row) => row.filter((button) => !("url" in button)));
      const keyboard = hasLinks ? rows.filter((row) => row.length > 0) : [];
      const words = message.html ? toHtml(addressed) : toPlain(addressed);
      return { ...message, text: words || "…", keyboard };
    }
    case "too_long":
      if (message.text.length <= shortLength) return null;
      return { ...message, text: toPlain(text, shortLength) || "…", html: false };
    default:
      return null;
  }
}

/** Each part of a message that Telegram cannot take is left out once; it is our bug or a limit we do not know, so it is logged. */
async function orPlainer<M extends Content, T>(
  message: M,
  { notification, log }: { notification: Notification; log: Log },
  run: (message: M) => Promise<T>,
): Promise<T> {
  for (let tried = message; ;) {
    try {
      return await run(tried);
    } catch (error) {
      const plainer = isFailure(error) ? toPlainer(tried, notification, error.code) : null;
      if (plainer === null || !isFailure(error)) throw error;
      log.error("Telegram could not take a part of a message; it goes out in plain text or without buttons", {
        reason: error.message,
      });
      tried = plainer;
    }
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
  const label = oneLine(cleanText(button.label), maxLabel);
  const style = button.style === undefined ? {} : { style: button.style };
  const nonce = button.nonce;
  const url = button.url === undefined ? null : cleanUrl(button.url);
  if (label === "") return [];
  if (url !== null && !canOpen(url)) return [];
  if (url !== null) return [{ text: label, url, ...style }];
  if (nonce === undefined || nonce === "" || Buffer.byteLength(nonce) > 64) return [];
  return [{ text: label, callback_data: nonce, ...style }];
}
