import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../src/store/database.js";
import { insertEvent } from "../../src/store/events.js";
import { saveMember } from "../../src/store/members.js";
import { oweEvent, oweNotice, settleDeliveries } from "../../src/store/outbox.js";
import { saveProject } from "../../src/store/projects.js";
import { saveSnapshot } from "../../src/store/subjects.js";
import { saveSubscription } from "../../src/store/subscriptions.js";
import { anEvent, aProject, aSubscription, bob } from "../support/builders.js";

const mia = { channel: "telegram" as const, chat: "4242" };
const path = "platform/payment-service-backend-with-a-long-name";

/** A home in which every command has something to print: long names, long reasons, a dead letter, a notice. */
export async function fillHome(home: string, now: number): Promise<void> {
  writeFileSync(
    join(home, "config.yaml"),
    `telegram: { owner: 4242 }
connections:
  - { id: work, platform: gitlab, url: "https://gitlab.engineering.example.com/gitlab" }
  - { id: github, platform: github, url: "https://github.com" }
subscriptions:
  - { to: owner, projects: ["work:${path}"], events: [wiki], filter: "branch:main -author:renovate[bot]" }
secrets: { store: file }
`,
    { mode: 0o600 },
  );
  const { db, close } = await openDatabase(join(home, "gitnotify.db"));
  await saveMember(db, { id: "4242", role: "owner", name: "Mia" }, now);
  await saveProject(db, aProject({ connectionId: "work", id: "7", path }));
  const projects = [`work:${path}`, "github:acme/*"];
  const filter = 'label:"good first issue"';
  await saveSubscription(db, aSubscription({ id: "k3x9", projects, filter }), now);
  const subject = { connectionId: "work", projectId: "7", type: "merge_request" as const, id: "12" };
  const event = anEvent({
    ...{ key: "work/7/mr/12/note/5", kind: "comment.created", subject, actor: bob },
    detail: { body: "First line.\nSecond line.", url: "https://gitlab.engineering.example.com/note/5" },
  });
  const snapshot = {
    type: "merge_request",
    title: "Fix the login",
    url: "https://gitlab.engineering.example.com/12",
  };
  await saveSnapshot(db, { subject, revision: "1", snapshot, open: true, now });
  const eventId = await insertEvent(db, event, now - 200_000);
  const owed = {
    destination: mia,
    mode: "card" as const,
    subject: "work/7/merge_request/12",
    eventKey: event.key,
  };
  await oweEvent(db, { ...owed, eventId: eventId ?? 0 }, now - 180_000);
  const reason =
    "Telegram refused it: Forbidden: bot was blocked by the user, who can unblock it in the chat.";
  await settleDeliveries(db, {
    ids: [1],
    settlement: { state: "dead", reason, known: true },
    now: now - 60_000,
  });
  await oweNotice(
    db,
    { destination: mia, notice: { name: "accepted", values: { connection: "work" } }, once: "1" },
    now,
  );
  await close();
}
