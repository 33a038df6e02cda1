import Sqlite from "better-sqlite3";
import { join } from "node:path";
import { chats } from "./kill-world.mjs";
import { isDigest, isRepeated, titleOf } from "./kill-ledger.mjs";

/** The database of a world, read while the daemon runs or rests. */
export function openBooks(home) {
  const raw = new Sqlite(join(home, "gitnotify.db"), { readonly: true });
  const number = (sql) => raw.prepare(sql).pluck().get();
  return {
    raw,
    close: () => raw.close(),
    owed: () => number("select count(*) from deliveries where state not in ('delivered', 'dead')"),
    events: () => number("select count(*) from events where kind <> 'comment.created'"),
    untoldDead: () =>
      number(
        "select count(*) from deliveries where state = 'dead' and announced_at is null and coalesce(json_extract(notice, '$.name'), '') <> 'dead'",
      ),
  };
}

/** The ten minutes between two notices about dead letters are not waited for: the instant of the last one is moved back. */
export function forgetPauseOfNotices(home) {
  const raw = new Sqlite(join(home, "gitnotify.db"));
  raw
    .prepare("update deliveries set announced_at = announced_at - 660000 where announced_at is not null")
    .run();
  raw.close();
}

/**
 * Judges by the keys in the database and by what the chats showed: every happening has one event; what it owes to a chat was shown there, or
 * counted in a digest, or is a dead letter that the owner was told of. Anything else is lost.
 */
export function judgeBooks({ home, ledger }) {
  const books = openBooks(home);
  const { raw } = books;
  try {
    const events = raw
      .prepare("select id, key, kind, subject, json_extract(event, '$.detail.body') as body from events")
      .all();
    const rows = raw
      .prepare(
        "select id, destination_key as destination, mode, state, event_id as eventId, subject, notice, message_id as messageId, created_at as createdAt, announced_at as announcedAt from deliveries order by id",
      )
      .all()
      .map((row) => ({ ...row, chat: Number(row.destination.split(":")[1]) }));
    const counted = (state) => rows.filter((row) => row.state === state).length;
    return {
      happenings: ledger.happenings.length,
      ...judgeEvents(ledger.happenings, { events, rows }),
      ...judgeDeliveries({ rows, ledger, titles: titlesOf(raw) }),
      ...judgeDead(rows),
      ...judgeRepeats({ rows, ledger }),
      inversions: ledger.findInversions(),
      deliveries: { delivered: counted("delivered"), dead: counted("dead"), owed: books.owed() },
      integrity: raw.pragma("integrity_check", { simple: true }),
    };
  } finally {
    books.close();
  }
}

function titlesOf(raw) {
  const rows = raw
    .prepare(
      "select connection_id || '/' || project_id || '/' || type || '/' || id as key, json_extract(snapshot, '$.title') as title from subjects",
    )
    .all();
  return new Map(rows.map(({ key, title }) => [key, title]));
}

function judgeEvents(happenings, { events, rows }) {
  const unstored = [];
  const twice = [];
  const unowed = [];
  let owedToChats = 0;
  const byPlace = new Map();
  for (const event of events) {
    const place = `${event.kind} ${event.subject} ${event.kind.startsWith("merge_request") ? "" : event.body}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), event]);
  }
  const owedAt = new Set(rows.map((row) => `${row.chat} ${row.eventId}`));
  for (const { kind, subject, body = "", isOwed } of happenings) {
    const place = `${kind} ${subject} ${body}`;
    const found = byPlace.get(place) ?? [];
    if (found.length === 0) unstored.push(place);
    if (found.length > 1) twice.push(place);
    const [event] = found;
    if (!isOwed || event === undefined) continue;
    owedToChats += chats.length;
    for (const chat of chats) if (!owedAt.has(`${chat} ${event.id}`)) unowed.push(`${chat} ${place}`);
  }
  return { events: events.length, unstored, twice, owedToChats, unowed };
}

/** News that is written down as delivered stands in a message that the chat got and that names its subject, or was counted in a digest. */
function judgeDeliveries({ rows, ledger, titles }) {
  const unseen = [];
  const miscounted = [];
  const told = { cards: 0, digests: 0, named: 0 };
  const digests = new Map();
  for (const row of rows) {
    if (row.eventId === null || row.state !== "delivered" || row.mode === "update") continue;
    const messages = ledger.shown
      .get(row.chat)
      .filter(({ messageId }) => String(messageId) === row.messageId);
    const digest = messages.find(({ text }) => isDigest(text));
    const title = titles.get(row.subject);
    if (digest !== undefined) {
      told.digests += 1;
      if (digest.text.includes(title)) told.named += 1;
      const key = `${row.chat} ${row.messageId}`;
      digests.set(key, { text: digest.text, count: (digests.get(key)?.count ?? 0) + 1 });
    } else if (messages.some(({ text }) => text.includes(title))) told.cards += 1;
    else unseen.push(`${row.chat} ${row.subject} ${row.id}`);
  }
  for (const [key, { text, count }] of digests) {
    const said = Number(/(\d+) updates? came in/.exec(text)?.[1]);
    if (said !== count) miscounted.push(`${key}: says ${said}, holds ${count}`);
  }
  const open = rows.filter((row) => row.state !== "delivered" && row.state !== "dead");
  const unsent = open.map((row) => `${row.chat} ${row.subject} ${row.id} ${row.state}`);
  return { told, unseen, miscounted, unsent };
}

/** Every dead letter but a notice of dead letters itself is counted in a notice to the owner that was delivered. */
function judgeDead(rows) {
  const dead = rows.filter((row) => row.state === "dead");
  const notices = rows.filter((row) => row.notice !== null && JSON.parse(row.notice).name === "dead");
  const lostNotices = notices.filter((row) => row.state !== "delivered");
  const count = (some) => some.reduce((sum, row) => sum + JSON.parse(row.notice).values.count, 0);
  const others = dead.filter((row) => !notices.includes(row));
  return {
    putAside: others.length,
    putAsideOfNotice: dead.length - others.length,
    /** Nobody was told of these: no notice counts them, or the notice was put aside itself. */
    untoldDead: others.length - count(notices) + count(lostNotices),
  };
}

/**
 * A message that no delivery remembers came out of a send that a kill cut off. The next new message about its subject must say that it
 * may be a repetition; one that does not, though nothing new stands in it, is an unlabelled duplicate. Where what was cut off was put
 * aside meanwhile, the next card tells something new: it begins anew.
 */
function judgeRepeats({ rows, ledger }) {
  const unlabelled = [];
  const anew = [];
  let orphans = 0;
  let labelled = 0;
  for (const [chat, messages] of ledger.shown) {
    const own = rows.filter((row) => row.chat === chat);
    const remembered = new Map(own.map((row) => [row.messageId, []]));
    for (const row of own) remembered.get(row.messageId).push(row);
    const sent = messages.filter(({ kind }) => kind === "sent");
    for (const { text } of sent) if (isRepeated(text)) labelled += 1;
    for (const [index, message] of sent.entries()) {
      const title = titleOf(message.text);
      const later = sent.slice(index + 1);
      const next =
        title === null
          ? later.find(({ text }) => sameWords(text) === sameWords(message.text))
          : later.find(({ text }) => titleOf(text) === title);
      const isOrphan = !remembered.has(String(message.messageId));
      if (isOrphan) orphans += 1;
      if (next === undefined || isRepeated(next.text)) continue;
      const carried = remembered.get(String(next.messageId)) ?? [];
      if (!isOrphan && (title === null || carried.some(({ mode }) => mode === "ping"))) continue;
      const subjects = new Set(carried.map(({ subject }) => subject));
      const wasPutAside = own.some(
        (row) => row.state === "dead" && row.subject !== null && subjects.has(row.subject),
      );
      const line = `${chat} ${title ?? message.text.slice(0, 40)} (message ${message.messageId}, then ${next.messageId})`;
      (wasPutAside ? anew : unlabelled).push(line);
    }
  }
  return { orphans, labelled, unlabelled, anew, messages: [...ledger.shown.values()].flat().length };
}

function sameWords(text) {
  return text.replace(/^.*possibly repeated\s*/, "");
}
