import { expect, it, onTestFinished } from "vitest";
import { createComposer } from "../../src/delivery/composer.js";
import { createDeliveryWorker } from "../../src/delivery/worker.js";
import { createTranslator } from "../../src/i18n/index.js";
import { silentLog } from "../../src/lib/log.js";
import type { LiveConnection } from "../../src/platforms/platform.js";
import { createPlanner } from "../../src/polling/planner.js";
import { createScheduler } from "../../src/polling/scheduler.js";
import { loadSubscriptions } from "../../src/polling/subscriptions.js";
import { saveMember } from "../../src/store/members.js";
import { aSubscription, at, pipelineFacts } from "../support/builders.js";
import { testDatabase } from "../support/database.js";
import { createFakeChannel } from "../support/fake-channel.js";
import { createFakeClock } from "../support/fake-clock.js";
import { createFakePlatform, pipelinesId, toLive, withProject } from "../support/fake-platform.js";

const never = "0 0 29 2 *";

it("a platform that nobody here has heard of is one entry in the list of connections, all the way to a message", async () => {
  const { db } = await testDatabase();
  const [clock, forge, channel] = [createFakeClock(), createFakePlatform(), createFakeChannel()];
  await saveMember(db, { id: "500", role: "owner", name: "Ann" }, 0);
  const connections = new Map<string, LiveConnection>([["forge", toLive(forge)]]);
  const declared = [aSubscription({ origin: "config", projects: ["forge:acme/*"], features: ["pipelines"] })];
  const polling = {
    ...{ db, clock, log: silentLog, random: () => 0.5, connections, adaptive: false },
    subscriptions: () => loadSubscriptions(db, declared),
  };
  let nonces = 0;
  const composer = createComposer({
    ...{ db, clock, translate: createTranslator("en"), randomText: () => String((nonces += 1)) },
    wordsOf: (id) => connections.get(id)!.platform.words,
    readerOf: async () => ({ accounts: [] }),
  });
  const worker = createDeliveryWorker({ db, channel, composer, clock, log: silentLog });
  const ms = 30_000;
  const scheduler = createScheduler({
    ...polling,
    planner: createPlanner(polling),
    schedule: {
      inbox: never,
      pipelines: never,
      mergeRequests: never,
      repository: never,
      wiki: never,
      adaptive: false,
    },
    baseMs: { inbox: ms, pipelines: ms, mergeRequests: ms, repository: ms, wiki: ms },
    onOwed: () => worker.wake(),
  });
  const controller = new AbortController();
  const working = worker.run(controller.signal);
  onTestFinished(async () => {
    await scheduler.stop();
    controller.abort();
    await working;
  });
  const [project] = forge.projects;
  forge.answers.set(pipelinesId, [
    { facts: withProject(project!, pipelineFacts()) },
    { facts: withProject(project!, pipelineFacts({ status: "failed", updatedAt: at(2), revision: "2" })) },
  ]);

  await scheduler.start();
  await clock.advance(1_000);
  expect(channel.shown.map(({ text }) => text)).toEqual([
    "👁 Now watching 1 project on forge: acme/api. You will hear about anything new from now on.",
  ]);

  // The hourly plan polls what is due, for the expressions of this test never tick.
  await clock.advance(61 * 60_000);
  const card = channel.shown[1];
  expect([card?.destination.chat, card?.notification.silent]).toEqual(["500", false]);
  expect(card?.text).toContain("acme/api");
  expect(card?.notification.buttons.flat().map(({ label }) => label)).toContain("Open");
  expect(channel.shown).toHaveLength(2);
});
