import type { Event } from "../../domain/event.js";
import type { Project } from "../../domain/project.js";
import { toSubjectKey } from "../../domain/subject.js";
import {
  explainRoute,
  type RoutedSubscription,
  type RouteReason,
  type RouteVerdict,
} from "../../polling/route.js";
import { loadSubscriptions } from "../../polling/subscriptions.js";
import { listEvents } from "../../store/events.js";
import { listProjects } from "../../store/projects.js";
import type { Database } from "../../store/schema.js";
import { listSubscriptions } from "../../store/subscriptions.js";
import type { Config } from "../../config/load.js";
import type { CliContext } from "../context.js";
import { CliError, exitCode } from "../exit-code.js";
import { toMoment, toReadable } from "../format.js";
import { withStore } from "../open-store.js";
import { createOutput, type Output } from "../output.js";
import { unknownSubscription } from "./remove.js";

interface Replayed {
  id: number;
  seenAt: number;
  kind: string;
  subject: string;
  mode: RouteVerdict["mode"];
  reason: RouteReason | "unknown_project";
}

/** The rule over the events that are stored, newest first: what would come, and why the rest would not. */
export async function testSubscription(context: CliContext, id: string, limit: number): Promise<void> {
  const output = createOutput(context);
  await withStore(context, async ({ settings, store }) => {
    const { config } = settings;
    if (store === null) {
      throw new CliError(
        exitCode.failed,
        "nothing was started in this home yet, so that no event is stored",
        "`gitnotify start` begins to collect them.",
      );
    }
    const candidate = await findRouted(store.db, config, id);
    const projects = await listProjects(store.db);
    const events = await listEvents(store.db, { limit });
    const replayed = events.map(({ id: eventId, seenAt, event }): Replayed => {
      const verdict = judge(event, candidate, projects);
      return { id: eventId, seenAt, kind: event.kind, subject: toSubjectKey(event.subject), ...verdict };
    });
    await output.data({ subscription: id, events: replayed }, () => print(output, replayed, projects));
  });
}

async function findRouted(db: Database, config: Config, id: string): Promise<RoutedSubscription> {
  const routed = await loadSubscriptions(db, config.subscriptions);
  const found = routed.find(({ subscription }) => subscription.id === id);
  if (found !== undefined) return found;
  const all = [...config.subscriptions, ...(await listSubscriptions(db))];
  const resting = all.find((subscription) => subscription.id === id);
  if (resting === undefined) {
    throw unknownSubscription(
      id,
      all.map((subscription) => subscription.id),
    );
  }
  const isOwners = resting.to === "owner";
  throw new CliError(
    exitCode.failed,
    `${id} rests: ${isOwners ? "nobody owns this bot yet" : "its recipient is not a member"}, so that nothing comes of it`,
    isOwners ? "Run `gitnotify start` and open the link that it prints." : undefined,
  );
}

function judge(
  event: Event,
  candidate: RoutedSubscription,
  projects: readonly Project[],
): Pick<Replayed, "mode" | "reason"> {
  const { connectionId, projectId } = event.subject;
  const project = projects.find((known) => known.connectionId === connectionId && known.id === projectId);
  if (project === undefined) return { mode: null, reason: "unknown_project" };
  return explainRoute(event, candidate, project);
}

const reasons: Record<Replayed["reason"], string> = {
  asks_reader: "asks its reader to act",
  news: "news",
  unknown_kind: "this version does not know such events",
  unknown_project: "its project is not known any more",
  other_project: "another project",
  other_subject: "about something that its features do not name",
  other_feature: "of a feature that it does not name",
  not_concerned: "does not concern its reader",
  filtered: "its filter keeps it out",
  own_action: "its reader did this (self:true brings it)",
  bot: "a bot did this (bot:true brings it)",
  not_named: "comes only when its kind or status is named in the filter",
  quiet: "is no news yet (a draft)",
};

const modes: Record<NonNullable<Replayed["mode"]>, string> = {
  ping: "new message",
  card: "new card",
  update: "changes its card",
};

async function print(
  output: Output,
  replayed: readonly Replayed[],
  projects: readonly Project[],
): Promise<void> {
  if (replayed.length === 0) return output.line("Nothing has happened yet that it could be tried on.");
  await output.table(
    ["event", "seen", "kind", "subject", "comes as", "why"],
    replayed.map(({ id, seenAt, kind, subject, mode, reason }) => [
      ...[String(id), toMoment(seenAt), kind, toReadable(subject, projects)],
      ...[mode === null ? "-" : modes[mode], reasons[reason]],
    ]),
  );
  const count = (mode: Replayed["mode"]) => replayed.filter((event) => event.mode === mode).length;
  output.note(
    `Of ${replayed.length} events ${count("ping") + count("card")} would come, ${count("update")} would only change their card, ${count(null)} would not come.`,
  );
}
