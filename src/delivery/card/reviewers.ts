import type { Event } from "../../domain/event.js";
import type { TextNode } from "../../domain/notification.js";
import type { MergeRequestSnapshot } from "../../domain/snapshot.js";
import type { CardOptions } from "./card.js";
import { toLine } from "./text.js";

const mostNames = 3;

type Options = CardOptions<MergeRequestSnapshot>;

/** What each reviewer said last, how many approvals there are of how many, and who is waited for. */
export function reviewersLine(options: Options): TextNode[] {
  const { snapshot, translate } = options;
  const verdicts = verdictsOf(options);
  const approvals = snapshot.approvedBy?.length ?? 0;
  const required = snapshot.approvalsRequired ?? 0;
  const open = snapshot.state === "open";
  return toLine([
    said("👍", snapshot.approvedBy?.map(({ login }) => login) ?? [], options),
    open && said("✋", verdicts.get("review.changes_requested") ?? [], options),
    open && said("💬", verdicts.get("review.commented") ?? [], options),
    open && required > 0 && translate("card.approvals_of", { count: approvals, required }),
    open && waitingFor(options),
  ]);
}

/** The last verdict of each reviewer who does not approve now, by kind. A dismissed one counts no more. */
function verdictsOf({ snapshot, happened = [] }: Options): Map<string, string[]> {
  const last = new Map<string, { login: string; kind: string }>();
  for (const event of happened) {
    if (event.kind === "review.dismissed") forgetDismissed(last, event);
    const { actor, kind } = event;
    if (actor === null || actor.id === snapshot.author?.id) continue;
    if (kind === "review.changes_requested" || kind === "review.approved")
      last.set(actor.id, { login: actor.login, kind });
    else if (kind === "review.commented" && !last.has(actor.id))
      last.set(actor.id, { login: actor.login, kind });
  }
  for (const { id } of snapshot.approvedBy ?? []) last.delete(id);
  const byKind = new Map<string, string[]>();
  for (const { login, kind } of last.values()) byKind.set(kind, [...(byKind.get(kind) ?? []), login]);
  return byKind;
}

function forgetDismissed(last: Map<string, { login: string }>, { detail }: Event): void {
  for (const [id, { login }] of last) if (detail.whom?.includes(`@${login}`) === true) last.delete(id);
}

function waitingFor(options: Options): string | undefined {
  const { snapshot, translate } = options;
  const approving = new Set(snapshot.approvedBy?.map(({ id }) => id));
  const names = (snapshot.reviewRequests ?? []).flatMap(({ person, team }) =>
    person !== undefined && approving.has(person.id) ? [] : [person?.login ?? team ?? ""],
  );
  return names.length === 0 ? undefined : translate("card.waiting", { whom: list(names, options) });
}

function said(icon: string, names: readonly string[], options: Options): string | undefined {
  return names.length === 0 ? undefined : `${icon} ${list(names, options)}`;
}

function list(names: readonly string[], { translate }: Options): string {
  const more = names.length - mostNames;
  const shown = names.slice(0, mostNames).join(", ");
  return more > 0 ? `${shown} ${translate("card.more", { count: more })}` : shown;
}
