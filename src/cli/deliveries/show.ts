import { toPlain } from "../../channels/telegram/html.js";
import type { Event } from "../../domain/event.js";
import type { Snapshot } from "../../domain/snapshot.js";
import type { Subject } from "../../domain/subject.js";
import { renderNotice } from "../../delivery/card/index.js";
import { sentence } from "../../delivery/card/happening.js";
import { createTranslator, type Language } from "../../i18n/index.js";
import { toTrace } from "../../lib/trace.js";
import { systemClock } from "../../lib/clock.js";
import { findEvents } from "../../store/events.js";
import { type Delivery, findDelivery } from "../../store/outbox.js";
import { listProjects } from "../../store/projects.js";
import { findSnapshot } from "../../store/subjects.js";
import type { Database } from "../../store/schema.js";
import type { CliContext } from "../context.js";
import { toCount } from "../count.js";
import { toPlace, toReadable, toTold } from "../format.js";
import { withStore } from "../open-store.js";
import { createOutput, toCell, type Output } from "../output.js";
import { wrap } from "../wrap.js";
import { notFound } from "./not-found.js";

/** One delivery: to whom, since when, what it says, and why it stands where it does. */
export async function showDelivery(context: CliContext, word: string): Promise<void> {
  const output = createOutput(context);
  const id = toCount(word);
  await withStore(context, async ({ settings, store }) => {
    const delivery = store === null ? null : await findDelivery(store.db, id);
    if (store === null || delivery === null) throw notFound(word);
    const about = await readAbout(store.db, delivery, settings.config.language);
    const { event, text } = about;
    const trace = event === null ? null : toTrace(event.key);
    await output.data({ delivery, event, trace, text: text.join("\n") }, () => {
      const rows = toRows(delivery, about, systemClock.now());
      for (const [name, value] of [...rows, ["trace", trace] as const])
        if (value !== null) output.line(toCell(`${name.padEnd(10)} ${value}`));
      printText(output, text, context.io.isTTY ? context.io.columns || 80 : null);
    });
  });
}

function toRows(delivery: Delivery, { event, title, url }: About, now: number) {
  return [
    ["delivery", `${delivery.id}, ${delivery.state}`],
    ["to", toPlace(delivery.destination)],
    ["about", title],
    ["link", url],
    ["since", toTold(delivery.createdAt, now)],
    ["attempts", String(delivery.attempts)],
    ["next", delivery.state === "pending" ? toTold(delivery.nextAttemptAt, now) : null],
    ["ended", delivery.settledAt === null ? null : toTold(delivery.settledAt, now)],
    ["reason", delivery.reason],
    ["message", delivery.messageId],
    ["event", event?.key ?? null],
  ] as const;
}

/** `width` null: nobody looks, and lines stay whole. */
function printText(output: Output, text: readonly string[], width: number | null): void {
  if (text.length === 0) return;
  output.line();
  for (const line of text) {
    const plain = `  ${toCell(line)}`;
    for (const part of width === null ? [plain] : wrap(plain, { width, indent: "  " })) output.line(part);
  }
}

interface About {
  event: Event | null;
  title: string | null;
  url: string | null;
  /** What the message says of it, in the language of the chats, one string a line. */
  text: string[];
}

async function readAbout(db: Database, delivery: Delivery, language: Language): Promise<About> {
  const translate = createTranslator(language);
  const { notice, subject, eventId } = delivery;
  const [stored] = eventId === null ? [] : await findEvents(db, [eventId]);
  const event = stored?.event ?? null;
  const snapshot = subject === null ? null : await findSnapshot<Snapshot>(db, toSubject(subject));
  const about = {
    event,
    title: subject === null ? null : toTitle(toReadable(subject, await listProjects(db)), snapshot),
    url: event?.detail.url ?? snapshot?.url ?? null,
  };
  if (notice !== null) return { ...about, text: toPlain(renderNotice(notice, translate).text).split("\n") };
  if (event === null) return { ...about, text: [] };
  const body = event.detail.body?.trim().split("\n") ?? [];
  const said = sentence(event, { reader: { accounts: [] }, translate });
  return { ...about, text: [said, ...body.map((line) => `> ${line}`)] };
}

function toSubject(key: string): Subject {
  const [connectionId = "", projectId = "", type = "", ...id] = key.split("/");
  return { connectionId, projectId, type: type as Subject["type"], id: id.join("/") };
}

function toTitle(name: string, snapshot: Snapshot | null): string {
  return snapshot !== null && "title" in snapshot ? `${name}: ${snapshot.title}` : name;
}
