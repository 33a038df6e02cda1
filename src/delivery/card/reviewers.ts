import type { Event } from "../../domain/event.js";
import type { TextNode } from "../../domain/notification.js";
import type { Person } from "../../domain/person.js";
import type { MergeRequestSnapshot } from "../../domain/snapshot.js";
import { listNames, nameOf, waitingText } from "../../i18n/people.js";
import type { CardOptions } from "./card.js";
import { toLine } from "./text.js";

type Options = CardOptions<MergeRequestSnapshot>;

/** What each reviewer said last, how many approvals there are of how many, and who is waited for. */
export function reviewersLine(options: Options): TextNode[] {
  const { snapshot, translate } = options;
  const verdicts = verdictsOf(options);
  const approvals = snapshot.approvedBy?.length ?? 0;
  const required = snapshot.approvalsRequired ?? 0;
  const open = snapshot.state === "open";
  const refusing = snapshot.changesRequestedBy ?? verdicts.get("review.changes_requested");
  return toLine([
    said("👍", snapshot.approvedBy ?? [], options),
    open && said("✋", refusing ?? [], options),
    open && said("💬", verdicts.get("review.commented") ?? [], options),
    open && required > 0 && translate("card.approvals_of", { count: approvals, required }),
    open && waitingText(snapshot, translate),
  ]);
}

interface Verdict {
  person: Person;
  kind: string;
}

/** The last verdict of each reviewer who does not approve now, by kind. A dismissed one counts no more. */
function verdictsOf({ snapshot, happened = [] }: Options): Map<string, Person[]> {
  const last = new Map<string, Verdict>();
  for (const event of happened) {
    if (event.kind === "review.dismissed") forgetDismissed(last, event);
    const { actor, kind } = event;
    if (actor === null || actor.id === snapshot.author?.id) continue;
    if (kind === "review.changes_requested" || kind === "review.approved")
      last.set(actor.id, { person: actor, kind });
    else if (kind === "review.commented" && !last.has(actor.id)) last.set(actor.id, { person: actor, kind });
  }
  for (const { id } of snapshot.approvedBy ?? []) last.delete(id);
  const byKind = new Map<string, Person[]>();
  for (const { person, kind } of last.values()) byKind.set(kind, [...(byKind.get(kind) ?? []), person]);
  return byKind;
}

function forgetDismissed(last: Map<string, Verdict>, { detail }: Event): void {
  for (const [id, { person }] of last)
    if (detail.whom?.includes(`@${person.login}`) === true) last.delete(id);
}

function said(icon: string, people: readonly Person[], { translate }: Options): string | undefined {
  return people.length === 0 ? undefined : `${icon} ${listNames(people.map(nameOf), translate)}`;
}
