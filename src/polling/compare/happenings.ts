import type { Concern, Event } from "../../domain/event.js";
import type { Happening, MergeRequestFacts } from "../../domain/facts/index.js";
import { findMentions } from "../../domain/mentions.js";
import { isNews, toConcerns, toEvent, type EventOptions, type Scene } from "./context.js";
import { toMention } from "./mention.js";

/** Comments, reviews and pushes have an identity of their own: every one that is news becomes an event, the store drops repeats. */
export function toHappeningEvents(scene: Scene, facts: MergeRequestFacts): Event[] {
  return facts.happenings
    .filter((happening) => isNews(happening.at, facts.newsSince))
    .flatMap((happening) => [
      toEvent(scene, toOptions(scene, facts, happening)),
      ...mentionsIn(scene, happening),
    ]);
}

function mentionsIn(scene: Scene, happening: Happening): Event[] {
  if (!("body" in happening)) return [];
  return toMention(scene, {
    names: findMentions(happening.body, scene.context.mentionGrammar),
    key: `${happening.id}/mention`,
    happening: happening.id,
    actor: happening.actor,
    at: happening.at,
    body: happening.body,
    url: happening.url,
  });
}

function toOptions(scene: Scene, facts: MergeRequestFacts, happening: Happening): EventOptions {
  const { actor, at, url, id } = happening;
  const concerns = toConcerns([facts.author], "author", actor);
  const detail = { url, ...("body" in happening && happening.body !== "" && { body: happening.body }) };
  const common = { actor, at, concerns, detail, key: id, happening: id };
  switch (happening.what) {
    case "commented":
      return {
        ...common,
        kind: "comment.created",
        detail: { ...detail, path: happening.path, review: reviewOf(scene, happening) },
        ...(happening.path !== undefined && { attributes: { path: [happening.path] } }),
      };
    case "approved":
      return { ...common, kind: "review.approved" };
    case "changes_requested":
      return {
        ...common,
        kind: "review.changes_requested",
        concerns: [...concerns, ...assignees(facts, actor)],
      };
    case "reviewed":
      return { ...common, kind: "review.commented" };
    case "dismissed": {
      const reviewers = toConcerns([happening.of], "reviewer", actor);
      const whom = happening.of === null ? {} : { whom: [`@${happening.of.login}`] };
      return {
        ...common,
        kind: "review.dismissed",
        concerns: [...concerns, ...reviewers],
        detail: { ...detail, ...whom },
      };
    }
    case "unapproved":
      // Somebody takes an approval of their own back: for the author the same as a dismissal.
      return {
        ...common,
        kind: "review.dismissed",
        detail: { ...detail, ...(actor !== null && { whom: [`@${actor.login}`] }) },
      };
    case "pushed":
      // The head's difference has the same key, for it tells of the same push.
      return {
        ...common,
        kind: "merge_request.pushed",
        key: `pushed/${happening.sha}`,
        detail: { ...detail, ...(happening.count !== undefined && { count: happening.count }) },
      };
  }
}

function reviewOf(scene: Scene, { reviewId }: { reviewId?: string }): string | undefined {
  return reviewId === undefined ? undefined : `${scene.base}/${reviewId}`;
}

function assignees(facts: MergeRequestFacts, actor: Happening["actor"]): Concern[] {
  return toConcerns(
    facts.assignments.map((assignment) => assignment.person),
    "assignee",
    actor,
  );
}
