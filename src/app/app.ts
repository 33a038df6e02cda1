import type { Config } from "../config/load.js";
import type { SourceKind } from "../domain/source.js";
import { sourceKinds } from "../domain/source.js";
import type { DeliveryWorker } from "../delivery/worker.js";
import { withFields } from "../lib/log.js";
import { createHostLimit } from "../lib/host-limit.js";
import type { OperationContext } from "../operations/context.js";
import { createPlanner, type Planner } from "../polling/planner.js";
import type { PollDependencies } from "../polling/poll-source.js";
import { loadSubscriptions } from "../polling/subscriptions.js";
import { expressionPeriodMs } from "../polling/ticks.js";
import { saveMember } from "../store/members.js";
import { findMember, findOwner } from "../store/members.js";
import { saveShownSettings } from "../store/shown-settings.js";
import { type Connections, openConnections } from "./connections.js";
import { createCredentials, type Credentials } from "./credentials.js";
import { createDelivery } from "./delivery.js";
import type { AppOptions } from "./options.js";
import { createRefresh } from "./refresh.js";
import { openTelegram, type Telegram } from "./telegram.js";

/** Everything built and wired; nothing runs yet. */
export interface App {
  options: AppOptions;
  credentials: Credentials;
  connections: Connections;
  telegram: Telegram;
  polling: PollDependencies;
  /** Milliseconds between two ticks of each kind's cron expression. */
  baseMs: Record<SourceKind, number>;
  planner: Planner;
  operations: OperationContext;
  worker: DeliveryWorker;
  /** Writes down what these settings say: the owner, what `status` shows. Before that nothing of them is in the database. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

export async function buildApp(options: AppOptions): Promise<App> {
  const { config, db, clock } = options;
  const inRoom = (room: string) => withFields(options.log, { room });
  const credentials = createCredentials({ store: options.secrets, clock, onRead: options.onSecret });
  const userAgent = `gitnotify/${options.version}`;
  const limit = createHostLimit();
  const connections = await openConnections({
    ...{ connections: config.connections, credentials, limit, userAgent },
    ...{ cacheDir: options.cacheDir, clock, log: inRoom("platforms") },
  });
  const telegram = await openTelegram({
    ...config.telegram,
    credentials,
    limit,
    userAgent,
    clock,
    log: inRoom("telegram"),
  });
  const subscriptions = () => loadSubscriptions(db, config.subscriptions);
  const polling: PollDependencies = {
    ...{ db, clock, log: inRoom("polling"), random: options.random, connections: connections.live },
    ...{ subscriptions, adaptive: config.polling.adaptive },
    ...(options.progress === undefined ? {} : { progress: options.progress }),
    ...(options.health === undefined ? {} : { health: options.health }),
  };
  const planner = createPlanner(polling);
  const worker = createDelivery({
    options: { ...options, log: inRoom("delivery") },
    ...{ telegram, connections: connections.live },
  });
  const operations = buildOperations({
    options: { ...options, log: inRoom("bot") },
    ...{ connections, polling, planner, worker },
  });
  return {
    ...{ options, credentials, connections, telegram, polling, planner, worker, operations },
    baseMs: await readPeriods(config),
    begin: () => begin(options),
    close: async () => {
      await telegram.close();
      await connections.close();
    },
  };
}

async function begin(options: AppOptions): Promise<void> {
  const { config, db, clock } = options;
  await adoptOwner(options);
  await saveShownSettings(db, {
    at: clock.now(),
    connections: config.connections.map(({ id }) => id),
    declared: config.subscriptions.length,
  });
}

/** An owner named in config.yaml is the owner, whoever was paired before. */
async function adoptOwner({ config, db, clock }: AppOptions): Promise<void> {
  const id = config.telegram.owner;
  if (id === undefined) return;
  const owner = await findOwner(db);
  if (owner?.id === id) return;
  if (owner !== null) await saveMember(db, { ...owner, role: "member" }, clock.now());
  const known = await findMember(db, id);
  await saveMember(db, { id, role: "owner", name: known?.name ?? id }, clock.now());
}

function buildOperations(parts: {
  options: AppOptions;
  connections: Connections;
  polling: PollDependencies;
  planner: Planner;
  worker: DeliveryWorker;
}): OperationContext {
  const { db, clock, log, randomText, config } = parts.options;
  return {
    ...{ db, clock, log, randomText, declared: config.subscriptions },
    connections: parts.connections.live,
    clientFor: async (memberId, connectionId) => {
      const owner = (await findOwner(db))?.id === memberId;
      return parts.connections.clientFor({ id: memberId, owner }, connectionId);
    },
    refresh: createRefresh(parts.polling),
    replan: (signal) => parts.planner.plan(signal),
    wake: () => parts.worker.wake(),
  };
}

async function readPeriods(config: Config): Promise<Record<SourceKind, number>> {
  const periods: Partial<Record<SourceKind, number>> = {};
  for (const kind of sourceKinds) periods[kind] = await expressionPeriodMs(config.polling[kind]);
  return periods as Record<SourceKind, number>;
}
