import { chats } from "./kill-world.mjs";

/**
 * What must be told, and what the people at the other end saw: every message as it was sent and as it was edited, in its order. `expect` notes
 * a happening of the sandbox: the kind of its event, its subject (`github/7001/merge_request/3`), and its words where it has any.
 */
export function createKillLedger({ telegram }) {
  const happenings = [];
  const shown = new Map(chats.map((chat) => [chat, []]));
  const silence = telegram.onChange(({ kind, chatId, messageId }) => {
    if (kind !== "sent" && kind !== "edited") return;
    const message = telegram.chat(chatId).findLast((one) => one.messageId === messageId);
    if (message?.from === "bot") shown.get(chatId)?.push({ kind, messageId, text: message.text });
  });
  return {
    silence,
    happenings,
    shown,
    expect: (happening) => happenings.push(happening),
    /** What a chat showed of a subject never becomes older: neither from merged to open nor in its newest remark. */
    findInversions: () => [...shown].flatMap(([chat, messages]) => inversionsOf(chat, messages)),
  };
}

export function isDigest(text) {
  return /\d+ updates? came in while messages were delayed/.test(text);
}

export function isRepeated(text) {
  return text.includes("possibly repeated");
}

/** A card names its subject in the first line, below the word that it may be a repetition. */
export function titleOf(text) {
  if (isDigest(text) || text.includes("🗄")) return null;
  const [first, second] = text.split("\n");
  const line = isRepeated(first) ? second : first;
  return /(Work [\d-]+\.|Long way [\d ]+)/.exec(line ?? "")?.[1]?.trim() ?? null;
}

function inversionsOf(chat, messages) {
  const found = [];
  const merged = new Set();
  const newest = new Map();
  for (const { text } of messages) {
    const title = titleOf(text);
    if (title === null) continue;
    const isMerged = /^merged\b/m.test(text);
    if (merged.has(title) && !isMerged) found.push(`${chat} ${title} was merged and is open again`);
    if (isMerged) merged.add(title);
    const numbers = [...text.matchAll(/Step \w+-(\d+)\./g)].map(([, number]) => Number(number));
    if (numbers.length === 0) continue;
    const last = Math.max(...numbers);
    const before = newest.get(title) ?? -1;
    if (last < before) found.push(`${chat} ${title}: ${last} after ${before}`);
    newest.set(title, Math.max(last, before));
  }
  return found;
}
