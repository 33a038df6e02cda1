import type { Event } from "../../domain/event.js";
import { toSubjectId, type IssueFacts } from "../../domain/facts/index.js";
import { findMentions } from "../../domain/mentions.js";
import type { IssueSnapshot, SeenDescription } from "../../domain/snapshot.js";
import {
  isNews,
  isOlder,
  toConcerns,
  toEvent,
  toScene,
  type Comparison,
  type CompareContext,
  type Scene,
} from "./context.js";
import { mentionsAccount, newNames, seeDescription, toMention } from "./mention.js";

interface IssueChange {
  prior: IssueSnapshot | null;
  facts: IssueFacts;
  scene: Scene;
  counts: Record<string, number>;
  description: SeenDescription;
  opened: boolean;
}

/** An issue is seen through the account's inbox alone, so that only what concerns the account is told of it. */
export function compareIssue(
  prior: IssueSnapshot | null,
  facts: IssueFacts,
  context: CompareContext,
): Comparison {
  const stale = prior !== null && isOlder(facts.updatedAt, prior.updatedAt);
  const scene = toScene({
    type: "issue",
    id: toSubjectId(facts),
    attributes: {
      ...(facts.author !== null && { author: [facts.author.login] }),
      assignee: facts.assignments.map((assignment) => assignment.person.login),
      label: facts.labels,
      state: facts.state === null ? [] : [facts.state],
    },
    context,
    people: [facts.author, ...facts.assignments.map((assignment) => assignment.person)],
  });
  const counts = { ...prior?.counts };
  const opened = prior === null && isNews(facts.createdAt, facts.newsSince);
  const description = seeDescription(facts.description, prior, context.mentionGrammar);
  const change: IssueChange = { prior, facts, scene, counts, description, opened };
  const differences = stale ? [] : [...inDescription(change), ...assignmentOf(change)];
  const events = [...differences, ...facts.comments.flatMap((comment) => inComment(change, comment))];
  return {
    events: context.baseline ? [] : events,
    snapshot: stale ? prior : toSnapshot(change),
  };
}

function inDescription({ prior, facts, scene, opened, description }: IssueChange): Event[] {
  if (facts.description === undefined || (prior === null && !opened)) return [];
  const names = newNames(description.mentioned, prior?.mentioned ?? []);
  if (!mentionsAccount(scene, names)) return [];
  return toMention(scene, {
    names,
    key: `description/mention/${names.join(",").toLowerCase()}`,
    happening: opened ? "opened" : "description",
    actor: opened ? facts.author : null,
    ...(opened && { at: facts.createdAt }),
    body: facts.description,
    url: facts.url,
  });
}

function inComment({ facts, scene }: IssueChange, comment: IssueFacts["comments"][number]): Event[] {
  const written = findMentions(comment.body, scene.context.mentionGrammar);
  // The text of a to-do may be cut before the name.
  const unwritten = comment.mentionsAccount === true && !mentionsAccount(scene, written);
  const names = unwritten ? [...written, scene.context.account.login] : written;
  if (!isNews(comment.at, facts.newsSince) || !mentionsAccount(scene, names)) return [];
  const { id, actor, at, body, url } = comment;
  return toMention(scene, { names, key: `${id}/mention`, happening: id, actor, at, body, url });
}

function assignmentOf({ prior, facts, scene, counts, opened }: IssueChange): Event[] {
  const { account } = scene.context;
  const mine = facts.assignments.find(({ person }) => person.id === account.id);
  if (mine === undefined || prior?.assignments.some(({ person }) => person.id === account.id)) return [];
  const count = (counts[`assigned/${account.id}`] ?? 0) + 1;
  counts[`assigned/${account.id}`] = count;
  if (prior === null && !isNews(mine.at ?? facts.createdAt, facts.newsSince)) return [];
  const actor = mine.by ?? (opened && mine.by === undefined ? facts.author : null);
  const event = toEvent(scene, {
    kind: "assignment.added",
    key: `assignment.added/${account.id}/${count}`,
    actor,
    ...(mine.at !== undefined && { at: mine.at }),
    concerns: toConcerns([mine.person], "assignee", actor),
    detail: { url: facts.url, whom: [`@${mine.person.login}`] },
    ...(opened && { happening: "opened" }),
  });
  return [event];
}

function toSnapshot({ prior, facts, counts, description }: IssueChange): IssueSnapshot {
  return {
    type: "issue",
    number: facts.number,
    page: facts.page,
    title: facts.title,
    url: facts.url,
    author: facts.author ?? prior?.author ?? null,
    state: facts.state,
    labels: facts.labels,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    assignments: facts.assignments,
    ...description,
    counts,
  };
}
