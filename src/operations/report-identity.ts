import type { LackCode } from "../domain/lack.js";
import type { Member } from "../domain/member.js";
import { findAccount } from "../store/accounts.js";
import type { OperationContext } from "./context.js";

/** Whom a member is on a connection; `login` null when they have no account of their own there. */
export interface Identity {
  connectionId: string;
  login: string | null;
  expiresAt: string | null;
  lacks: LackCode[];
}

export async function reportIdentity(context: OperationContext, member: Member): Promise<Identity[]> {
  const identities: Identity[] = [];
  for (const connectionId of context.connections.keys()) {
    const account = await findAccount(context.db, connectionId);
    const access = member.role === "owner" ? (account?.access ?? null) : null;
    const linked = access !== null || (await context.clientFor(member.id, connectionId)) !== null;
    identities.push({
      connectionId,
      login: access?.account.login ?? (linked ? "?" : null),
      expiresAt: access?.expiresAt ?? null,
      lacks: access?.lacks ?? [],
    });
  }
  return identities;
}
