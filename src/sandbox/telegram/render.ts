import type { Entity, Room, State, StoredMessage } from "./model.js";

const inner = 44;
const screen = 60;

/** The chat as a phone shows it: bubbles of about 48 columns, the bot's on the left, people's on the right, buttons in rows. */
export function renderRoom(state: State, room: Room): string {
  const title =
    room.type === "private" ? `${state.bot.firstName} (@${state.bot.username})` : (room.title ?? "");
  const shown = room.messages.filter((message) => !message.deleted);
  const blocks = shown.map((message) => renderMessage(state, room, message));
  return [`── ${title} ${"─".repeat(Math.max(2, screen - 4 - width(title)))}`, ...blocks].join("\n");
}

export function renderMessage(state: State, room: Room, message: StoredMessage): string {
  const topic = message.threadId === undefined ? undefined : room.topics.get(message.threadId)?.name;
  const answered = room.messages.find((other) => other.messageId === message.replyTo && !other.deleted);
  const lines = [
    ...(topic === undefined ? [] : [`# ${topic}`]),
    ...(room.type === "private" || message.from === "bot" ? [] : [`${nameOf(state, message.from)}:`]),
    ...(answered === undefined ? [] : [`│ ${fit(answered.text.split("\n")[0] ?? "", inner - 2)}`]),
    ...markQuotes(message).flatMap((line) => wrap(line, inner)),
    ...(message.reactions.length > 0 ? [`(${message.reactions.join(" ")})`] : []),
  ];
  const stamp = toStamp(message);
  const content = Math.max(width(stamp), 12, ...lines.map(width));
  const bubble = [
    `╭${"─".repeat(content + 2)}╮`,
    ...lines.map((line) => `│ ${pad(line, content)} │`),
    `│ ${" ".repeat(content - width(stamp))}${stamp} │`,
    `╰${"─".repeat(content + 2)}╯`,
    ...message.keyboard.map(
      (row) =>
        ` ${row.map((button) => `[ ${button.text}${button.url === undefined ? "" : " ↗"} ]`).join(" ")}`,
    ),
  ];
  if (message.from === "bot") return bubble.join("\n");
  const indent = " ".repeat(Math.max(0, screen - content - 4));
  return bubble.map((line) => indent + line).join("\n");
}

function nameOf(state: State, from: StoredMessage["from"]): string {
  if (from === "bot") return state.bot.firstName;
  return state.people.get(from)?.firstName ?? String(from);
}

function toStamp(message: StoredMessage): string {
  const time = new Date((message.editDate ?? message.date) * 1000).toISOString().slice(11, 16);
  return `${message.silent ? "🔕 " : ""}${message.editDate === undefined ? "" : "edited "}${time}`;
}

/** The lines of the text, those inside a quote marked with a bar. */
function markQuotes(message: StoredMessage): string[] {
  const quotes = message.entities.filter((entity: Entity) => entity.type.endsWith("blockquote"));
  let offset = 0;
  return message.text.split("\n").map((line) => {
    const start = offset;
    offset += line.length + 1;
    const isQuoted = quotes.some((quote) => start >= quote.offset && start < quote.offset + quote.length);
    return isQuoted ? `▎ ${line}` : line;
  });
}

function wrap(line: string, limit: number): string[] {
  const mark = line.startsWith("▎ ") ? "▎ " : "";
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(/(?<= )/)) {
    if (row !== "" && row !== mark && width(row) + width(word.trimEnd()) > limit) {
      rows.push(row.trimEnd());
      row = mark;
    }
    let rest = word;
    while (width(row) + width(rest.trimEnd()) > limit) {
      const head = fit(rest, limit - width(row), "");
      rows.push(row + head);
      rest = rest.slice(head.length);
      row = mark;
    }
    row += rest;
  }
  return [...rows, row.trimEnd()];
}

function fit(text: string, limit: number, mark = "…"): string {
  if (width(text) <= limit) return text;
  let kept = "";
  for (const character of text) {
    if (kept !== "" && width(kept + character) > limit - width(mark)) break;
    kept += character;
  }
  return kept + mark;
}

function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Columns in a terminal: two for East Asian characters and emoji, none for marks and joiners. Good enough for a picture. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/^[\p{Mark}\p{Cf}]$/u.test(character)) continue;
    const isWide =
      /^\p{Emoji_Presentation}$|^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]$/u;
    columns += isWide.test(character) ? 2 : 1;
  }
  return columns;
}
