import { createHash } from "node:crypto";
import { type Destination, toDestinationKey } from "../domain/destination.js";
import type { Reader } from "../domain/filter.js";
import type { Notification, TextNode } from "../domain/notification.js";
import type { Project } from "../domain/project.js";
import type { Snapshot } from "../domain/snapshot.js";
import { type Subject, toSubjectKey } from "../domain/subject.js";
import { Failure } from "../domain/failure.js";
import type { Translate } from "../i18n/index.js";
import type { Clock } from "../lib/clock.js";
import type { Platform } from "../platforms/platform.js";
import { issueButtons } from "../store/buttons.js";
import { findEvents, type StoredEvent } from "../store/events.js";
import { eventsOfSubject } from "../store/shown-events.js";
import { findProject } from "../store/projects.js";
import type { Database } from "../store/schema.js";
import { findSnapshot } from "../store/subjects.js";
import type { Batch } from "./batch.js";
import {
  cardActions,
  renderCard,
  renderDigest,
  renderFolded,
  renderNotice,
  type DigestItem,
} from "./card/index.js";
import { toCardButtons } from "./card-buttons.js";

/** Turns a batch into what is sent. Reads the store; writes only the nonces of buttons. */
export interface Composer {
  composeMessage(
    batch: Extract<Batch, { kind: "notice" | "digest" }>,
    options: { destination: Destination; repeated: boolean },
  ): Promise<Notification>;
  composeCard(batch: Extract<Batch, { kind: "card" }>, destination: Destination): Promise<CardDraft>;
}

/** A card before its buttons have nonces: an edit that would change nothing needs none. */
export interface CardDraft {
  /** Equal for cards that look the same. */
  fingerprint: string;
  /** What is left of the earlier message when the card is sent anew. */
  folded: Notification;
  toNotification(options: { silent: boolean; repeated: boolean }): Promise<Notification>;
}

export interface ComposerDependencies {
  db: Database;
  clock: Clock;
  translate: Translate;
  randomText: (bytes: number) => string;
  /** What people of a connection's platform call things. */
  wordsOf: (connectionId: string) => Platform["words"];
  /** The accounts of the member whose chat it is; none for a group. */
  readerOf: (destination: Destination) => Promise<Reader>;
}

/** So many events of a subject are looked at for a card: what asks the reader may be long ago. */
const mostEvents = 200;

export function createComposer(dependencies: ComposerDependencies): Composer {
  return {
    composeMessage: async (batch, { destination, repeated }) => {
      const { text } =
        batch.kind === "notice"
          ? renderNotice(batch.delivery.notice ?? { name: "empty", values: {} }, dependencies.translate)
          : await composeDigest(dependencies, batch, destination);
      // A digest is a sound only where something in it asks the reader.
      const asks = batch.kind === "notice" || batch.deliveries.some(({ mode }) => mode === "ping");
      return {
        text: withRepeated(text, repeated, dependencies.translate),
        buttons: [],
        silent: repeated || !asks,
      };
    },
    composeCard: (batch, destination) => composeCard(dependencies, batch, destination),
  };
}

async function composeCard(
  dependencies: ComposerDependencies,
  batch: Extract<Batch, { kind: "card" }>,
  destination: Destination,
): Promise<CardDraft> {
  const { db, clock, translate } = dependencies;
  const scene = await findScene(dependencies, batch.subject);
  const ids = batch.deliveries.flatMap((delivery) => (delivery.eventId === null ? [] : [delivery.eventId]));
  const events = (await findEvents(db, ids)).map((stored) => stored.event);
  const address = { destination: toDestinationKey(destination), subject: batch.subject };
  const known = await eventsOfSubject(db, { ...address, limit: mostEvents });
  const recent = known.filter(({ id, told }) => told && !ids.includes(id)).map(({ event }) => event);
  const happened = known.map(({ event }) => event);
  const reader = await dependencies.readerOf(destination);
  const actions = cardActions(scene.snapshot, accountOf(reader, scene.subject));
  const { text } = renderCard({
    ...scene,
    events,
    recent,
    happened,
    reader,
    translate,
    now: clock.now(),
    actions,
  });
  const rows = toCardButtons({ ...scene, actions, translate });
  const folded = renderFolded({ ...scene, translate });
  return {
    fingerprint: fingerprintOf(text, rows),
    folded: { text: folded.text, buttons: [], silent: true },
    toNotification: async ({ silent, repeated }) => {
      const person = destination.chat.startsWith("-") ? null : destination.chat;
      const { randomText } = dependencies;
      const buttons = await issueButtons(db, rows, {
        chat: destination.chat,
        person,
        now: clock.now(),
        randomText,
      });
      return { text: withRepeated(text, repeated, translate), buttons, silent };
    },
  };
}

function accountOf(reader: Reader, { connectionId }: Subject): string | null {
  return reader.accounts.find((account) => account.connectionId === connectionId)?.personId ?? null;
}

interface Scene {
  subject: Subject;
  snapshot: Snapshot;
  project: Project;
  words: Platform["words"];
}

async function findScene(dependencies: ComposerDependencies, key: string): Promise<Scene> {
  const [connectionId = "", projectId = "", type = "", ...id] = key.split("/");
  const subject: Subject = { connectionId, projectId, type: type as Subject["type"], id: id.join("/") };
  const snapshot = await findSnapshot<Snapshot>(dependencies.db, subject);
  const project = await findProject(dependencies.db, connectionId, projectId);
  if (snapshot === null || project === null) {
    throw new Failure("rejected", {
      message: `Nothing is stored about ${key} any more.`,
      code: "no_subject",
    });
  }
  return { subject, snapshot, project, words: dependencies.wordsOf(connectionId) };
}

async function composeDigest(
  dependencies: ComposerDependencies,
  batch: Extract<Batch, { kind: "digest" }>,
  destination: Destination,
): Promise<{ text: TextNode[] }> {
  const ids = batch.deliveries.flatMap((delivery) => (delivery.eventId === null ? [] : [delivery.eventId]));
  const asking = new Set(
    batch.deliveries.filter(({ mode }) => mode === "ping").map(({ eventId }) => eventId),
  );
  const scenes = new Map<string, Scene | null>();
  const items: DigestItem[] = [];
  for (const { id, event } of await loadEvents(dependencies, ids)) {
    const key = toSubjectKey(event.subject);
    if (!scenes.has(key)) scenes.set(key, await findScene(dependencies, key).catch(() => null));
    const scene = scenes.get(key);
    if (scene != null) items.push({ ...scene, event, asks: asking.has(id) });
  }
  const reader = await dependencies.readerOf(destination);
  return renderDigest(items, { reader, translate: dependencies.translate });
}

/** In parts: SQLite binds a limited number of values. */
async function loadEvents({ db }: ComposerDependencies, ids: readonly number[]): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let start = 0; start < ids.length; start += 500) {
    events.push(...(await findEvents(db, ids.slice(start, start + 500))));
  }
  return events;
}

/** Nobody can promise that a message comes once after a crash: the second one says what it may be. */
function withRepeated(text: TextNode[], repeated: boolean, translate: Translate): TextNode[] {
  if (!repeated) return text;
  return [{ node: "italic", text: `↻ ${translate("card.repeated")}` }, { node: "break" }, ...text];
}

function fingerprintOf(text: readonly TextNode[], rows: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([text, rows]))
    .digest("base64url")
    .slice(0, 22);
}
