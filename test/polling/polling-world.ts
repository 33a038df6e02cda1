import type { Project } from "../../src/domain/project.js";
import { toSourceId } from "../../src/domain/source.js";
import { silentLog } from "../../src/lib/log.js";
import type { PollOutcome } from "../../src/platforms/platform.js";
import type { PollDependencies } from "../../src/polling/poll-source.js";
import { pollSource } from "../../src/polling/poll-source.js";
import { loadSubscriptions } from "../../src/polling/subscriptions.js";
import { saveAccess } from "../../src/store/accounts.js";
import type { OpenDatabase } from "../../src/store/database.js";
import { saveMember } from "../../src/store/members.js";
import { listDeliveries } from "../../src/store/outbox.js";
import { saveProject } from "../../src/store/projects.js";
import { findSource, syncSources } from "../../src/store/sources.js";
import { saveSubscription } from "../../src/store/subscriptions.js";
import { aSubscription } from "../support/builders.js";
import { testDatabase } from "../support/database.js";
import { createFakeClock, type FakeClock } from "../support/fake-clock.js";
import {
  createFakePlatform,
  type FakePlatform,
  pipelinesId,
  source,
  toLive,
} from "../support/fake-platform.js";

/** A core with one connection to a fake forge, an owner, and nothing that runs by itself. */
export interface PollingWorld {
  opened: OpenDatabase;
  clock: FakeClock;
  forge: FakePlatform;
  project: Project;
  dependencies: PollDependencies;
  /** Polls a source (the project's pipelines) once, as the scheduler would; the answer is the fake's next. */
  poll(answer?: Partial<PollOutcome> | Error, id?: string): ReturnType<typeof pollSource>;
  /** How the source stands. */
  state(id?: string): Promise<NonNullable<Awaited<ReturnType<typeof findSource>>>>;
  /** What is owed to anybody, oldest first: the name of the notice, or the mode of the event's delivery. */
  owed(): Promise<string[]>;
}

export const ownersId = "500";

export async function createPollingWorld(): Promise<PollingWorld> {
  const opened = await testDatabase();
  const { db } = opened;
  const clock = createFakeClock();
  const forge = createFakePlatform();
  const project = forge.projects[0]!;
  const dependencies: PollDependencies = {
    ...{ db, clock, log: silentLog, random: () => 0.5, adaptive: true },
    connections: new Map([["forge", toLive(forge)]]),
    subscriptions: () => loadSubscriptions(db, []),
  };
  await saveMember(db, { id: ownersId, role: "owner", name: "Ann" }, 0);
  await saveAccess(db, "forge", forge.access);
  await saveProject(db, project);
  await syncSources(db, "forge", [source(project.id)]);
  await saveSubscription(db, aSubscription({ projects: [`forge:${project.path}`] }), 0);
  const state = async (id = pipelinesId) => {
    const found = await findSource(db, id);
    if (found === null) throw new Error(`There is no source ${id}.`);
    return found;
  };
  return {
    ...{ opened, clock, forge, project, dependencies, state },
    poll: async (answer, id = pipelinesId) => {
      if (answer !== undefined) forge.answers.set(id, [...(forge.answers.get(id) ?? []), answer]);
      const polled = { source: await state(id), tickAt: clock.now(), baseMs: 30_000 };
      return pollSource(dependencies, polled, new AbortController().signal);
    },
    owed: async () =>
      (await listDeliveries(db, { limit: 100 })).reverse().map(({ notice, mode }) => notice?.name ?? mode),
  };
}

export { pipelinesId, toSourceId };
