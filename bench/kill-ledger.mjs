import { chats } from "./kill-world.mjs";

/**
 * What the people at the other end saw, written down on Telegram's side. `expect` notes what must be told; `judge` says what was lost, what
 * came twice with and without saying so, and what was shown out of order.
 */
export function createKillLedger({ telegram }) {
  const titles = [];
  const mentions = [];
  const told = new Map(chats.map((chat) => [chat, new Map()]));
  const steps = new Map();
  const found = { inversions: [], digests: 0, unnamed: 0, edits: 0, sent: 0 };
  const read = (chat, messageId) =>
    telegram.chat(chat).findLast((message) => message.messageId === messageId);
  const silence = telegram.onChange(({ kind, chatId, messageId }) => {
    if (!told.has(chatId) || (kind !== "sent" && kind !== "edited")) return;
    const { text } = read(chatId, messageId);
    found[kind === "sent" ? "sent" : "edits"] += 1;
    if (text.includes("while messages were held up")) noteDigest(found, kind, text);
    noteWords({ seen: told.get(chatId), text, kind, found, chatId });
    noteSteps({ steps, text, chatId, found });
  });
  return {
    found,
    silence,
    expectTitle: (title) => titles.push(title),
    expectMention: (word, title) => mentions.push({ word, title }),
    expectMerged: (title) => titles.push(`${title} merged`),
    isToldAt: (chat, word) => told.get(chat).has(word),
    missing: () => findMissing({ titles, mentions, told }),
    judge: () => ({
      ...{ titles: titles.length * chats.length, mentions: mentions.length },
      ...countDoubles({ told, mentioned: new Set(mentions.map(({ title }) => title)) }),
      ...{ lost: findMissing({ titles, mentions, told }), ...found },
    }),
  };
}

function noteDigest(found, kind, text) {
  if (kind !== "sent") return;
  found.digests += 1;
  found.unnamed += Number(/and (\d+) more/.exec(text)?.[1] ?? 0);
}

/** Per word: how many new messages began with it, of these how many said that they may be a repetition, and whether "merged" was shown. */
function noteWords({ seen, text, kind, found, chatId }) {
  // A notice about messages that were given up names them too, and may itself be repeated.
  if (text.includes("🗄")) return;
  const isDigest = text.includes("while messages were held up");
  const isMerged = /\bmerged\b/.test(text);
  for (const [word] of text.matchAll(/(Work|Word) [\w-]+\./g)) {
    const entry = seen.get(word) ?? { fresh: 0, labelled: 0, merged: false };
    if (kind === "sent" && !isDigest) entry.fresh += 1;
    if (kind === "sent" && !isDigest && text.includes("possibly repeated")) entry.labelled += 1;
    if (!isDigest && word.startsWith("Work")) {
      if (entry.merged && !isMerged) found.inversions.push(`${chatId} ${word} was merged and is open again`);
      entry.merged ||= isMerged;
      if (entry.merged) seen.set(`${word} merged`, entry);
    }
    seen.set(word, entry);
  }
  if (isDigest) for (const line of text.split("\n")) noteLine(seen, line);
}

/** A digest says in one line what happened to a subject, and names it. */
function noteLine(seen, line) {
  for (const [title] of line.matchAll(/Work [\w-]+\./g)) {
    if (/\bmerged\b/.test(line)) seen.set(`${title} merged`, seen.get(title));
    if (line.includes("mentioned you")) seen.set(`${title} mentioned`, seen.get(title));
  }
}

/** The newest remark that a subject shows never becomes an older one. */
function noteSteps({ steps, text, chatId, found }) {
  const newest = new Map();
  for (const [, name, number] of text.matchAll(/Step (\w+)-(\d+)\./g))
    newest.set(name, Math.max(newest.get(name) ?? 0, Number(number)));
  for (const [name, number] of newest) {
    const key = `${chatId} ${name}`;
    if (number < (steps.get(key) ?? 0)) found.inversions.push(`${key}: ${number} after ${steps.get(key)}`);
    steps.set(key, Math.max(number, steps.get(key) ?? 0));
  }
}

function findMissing({ titles, mentions, told }) {
  const lost = [];
  for (const chat of chats)
    for (const title of titles) if (!told.get(chat).has(title)) lost.push(`${chat} ${title}`);
  const owner = told.get(4242);
  for (const { word, title } of mentions)
    if (!owner.has(word) && !owner.has(`${title} mentioned`)) lost.push(`4242 ${word}`);
  return lost;
}

/** A mention sends the card of its subject anew, so that such a subject's title stands in two messages by right. */
function countDoubles({ told, mentioned }) {
  const unlabelled = [];
  let labelled = 0;
  for (const [chat, words] of told)
    for (const [word, { fresh, labelled: said }] of words) {
      if (/ (merged|mentioned)$/.test(word) || mentioned.has(word)) continue;
      if (fresh - said > 1) unlabelled.push(`${chat} ${word} ${fresh}`);
      labelled += Math.max(0, fresh - 1);
    }
  return { unlabelled, labelled };
}
