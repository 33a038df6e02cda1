import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/load.js";
import type { Connection } from "../domain/connection.js";
import type { Subscription } from "../domain/subscription.js";

/** What a running daemon cannot take over: what these name stays open until it ends. */
const needRestart: readonly string[] = ["database", "web"];

/** What is different between two settings, by the names of the keys, for people. No values but of such keys that hold no addresses. */
export function describeChanges(before: Config, after: Config): string[] {
  return [
    ...levelChange(before, after),
    ...(before.language === after.language ? [] : [`language ${before.language} → ${after.language}`]),
    ...changedKeys(before.telegram, after.telegram).map((key) => `telegram.${key}`),
    ...connectionChanges(before.connections, after.connections),
    ...changedKeys(before.polling, after.polling).map((key) => `polling.${key}`),
    ...subscriptionChanges(before.subscriptions, after.subscriptions),
    ...changedKeys(before.secrets, after.secrets).map((key) => `secrets.${key}`),
    ...restartChanges(before, after),
  ];
}

function levelChange(before: Config, after: Config): string[] {
  if (before.logging.level === after.logging.level) return [];
  return [`logging.level ${before.logging.level} → ${after.logging.level}`];
}

function connectionChanges(before: readonly Connection[], after: readonly Connection[]): string[] {
  const find = (list: readonly Connection[], id: string) => list.find((connection) => connection.id === id);
  const added = after.filter(({ id }) => find(before, id) === undefined);
  const removed = before.filter(({ id }) => find(after, id) === undefined);
  const changed = after.flatMap((connection) => {
    const old = find(before, connection.id);
    const keys = old === undefined ? [] : changedKeys(old, connection);
    return keys.length === 0 ? [] : [`connection ${connection.id} changed (${keys.join(", ")})`];
  });
  return [
    ...added.map(({ id }) => `connection ${id} added`),
    ...removed.map(({ id }) => `connection ${id} removed`),
    ...changed,
  ];
}

/** Their ids are made from what they say, so that a changed one is one removed and one added. */
function subscriptionChanges(before: readonly Subscription[], after: readonly Subscription[]): string[] {
  const missingIn = (list: readonly Subscription[], other: readonly Subscription[]) =>
    list.filter(({ id }) => !other.some((candidate) => candidate.id === id)).length;
  const [added, removed] = [missingIn(after, before), missingIn(before, after)];
  if (added === 0 && removed === 0) return [];
  return [`subscriptions (${added} added, ${removed} removed)`];
}

function restartChanges(before: Config, after: Config): string[] {
  return needRestart.flatMap((name) =>
    changedKeys(sectionOf(before, name), sectionOf(after, name)).map(
      (key) => `${name}.${key} (only after a restart)`,
    ),
  );
}

function sectionOf(config: Config, name: string): object {
  const section: unknown = Reflect.get(config, name);
  return typeof section === "object" && section !== null ? section : {};
}

function changedKeys(before: object, after: object): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(Reflect.get(before, key), Reflect.get(after, key)));
}
