import type { Destination } from "../domain/destination.js";
import { parseFilter } from "../domain/filter.js";
import { matchesPattern } from "../domain/project-pattern.js";
import type { Project } from "../domain/project.js";
import type { Recipient, Subscription } from "../domain/subscription.js";
import { listAccounts } from "../store/accounts.js";
import { loadChatMoves } from "../store/destinations.js";
import { listMembers } from "../store/members.js";
import { loadProjectPaths } from "../store/projects.js";
import type { Database } from "../store/schema.js";
import { listSubscriptions } from "../store/subscriptions.js";
import { type KnownReaders, toReader } from "./reader.js";
import type { RoutedSubscription } from "./route.js";

interface Known extends KnownReaders {
  moves: ReadonlyMap<string, string>;
  paths: ReadonlyMap<string, readonly string[]>;
}

/** All subscriptions of this moment, each with its address, its reader and its parsed filter; one without a reachable recipient rests. */
export async function loadSubscriptions(
  db: Database,
  declared: readonly Subscription[],
): Promise<RoutedSubscription[]> {
  const [members, accounts, moves, paths, stored] = await Promise.all([
    listMembers(db),
    listAccounts(db),
    loadChatMoves(db, "telegram"),
    loadProjectPaths(db),
    listSubscriptions(db),
  ]);
  const known: Known = { members, accounts, moves, paths };
  return [...declared, ...stored].flatMap((subscription) => toRouted(subscription, known));
}

function toRouted(subscription: Subscription, known: Known): RoutedSubscription[] {
  const destination = toAddress(subscription.to, known);
  const parsed = parseFilter(subscription.filter);
  if (destination === null || !parsed.ok) return [];
  const { projects } = subscription;
  return [
    {
      subscription,
      filter: parsed.filter,
      destination,
      reader: toReader(destination, known),
      matchesProject: (project) => projects === undefined || isCovered(projects, project, known),
    },
  ];
}

function toAddress(to: Recipient, { members, moves }: Known): Destination | null {
  if (to === "owner") {
    const owner = members.find((member) => member.role === "owner");
    return owner === undefined ? null : { channel: "telegram", chat: owner.id };
  }
  if ("member" in to) {
    const isMember = members.some((member) => member.id === to.member);
    return isMember ? { channel: "telegram", chat: to.member } : null;
  }
  const chat = moves.get(to.chat) ?? to.chat;
  return to.topic === undefined
    ? { channel: "telegram", chat }
    : { channel: "telegram", chat, topic: to.topic };
}

function isCovered(patterns: readonly string[], project: Project, { paths }: Known): boolean {
  const names = [project.path, ...(paths.get(`${project.connectionId}/${project.id}`) ?? [])];
  const { connectionId } = project;
  return patterns.some((pattern) => names.some((path) => matchesPattern(pattern, { connectionId, path })));
}
