import type { KeyboardButton } from "./model.js";
import { isRecord, structure, type Parameters } from "./parameters.js";
import { badRequest } from "./problem.js";

const maxButtons = 100;
const maxRow = 8;
const styles = ["danger", "success", "primary"];

/** The inline keyboard of a call, checked as Telegram does; empty when there is none. */
export function readKeyboard(parameters: Parameters): KeyboardButton[][] {
  const markup = structure(parameters, "reply_markup");
  if (markup === undefined) return [];
  if (!isRecord(markup)) throw badRequest("object expected as reply markup");
  const rows = markup["inline_keyboard"];
  if (rows === undefined) return [];
  if (!Array.isArray(rows))
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array');
  const keyboard = rows.map((row: unknown) => {
    if (!Array.isArray(row))
      throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
    if (row.length > maxRow) throw badRequest("reply markup is too long");
    return row.map(toButton);
  });
  if (keyboard.flat().length > maxButtons) throw badRequest("reply markup is too long");
  return keyboard.filter((row) => row.length > 0);
}

function toButton(value: unknown): KeyboardButton {
  if (!isRecord(value)) throw badRequest("can't parse inline keyboard button: Object expected");
  const { text, url, callback_data: data, style } = value;
  if (typeof text !== "string" || text.trim() === "") throw badRequest("BUTTON_TEXT_INVALID");
  if (style !== undefined && (typeof style !== "string" || !styles.includes(style)))
    throw badRequest("can't parse inline keyboard button: invalid button style specified");
  const shape = typeof style === "string" ? { text, style } : { text };
  if (typeof url === "string" && data === undefined) return { ...shape, url: checkUrl(url) };
  if (typeof data === "string" && url === undefined) {
    const bytes = Buffer.byteLength(data);
    if (bytes < 1 || bytes > 64) throw badRequest("BUTTON_DATA_INVALID");
    return { ...shape, callback_data: data };
  }
  throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
}

function checkUrl(url: string): string {
  const isKnown = /^(https?|tg):\/\/\S+$/i.test(url);
  if (!isKnown || !URL.canParse(url)) {
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Unsupported URL protocol`);
  }
  const { protocol, hostname } = new URL(url);
  if (/^https?:$/.test(protocol) && !hostname.includes(".") && !hostname.startsWith("["))
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  return url;
}
