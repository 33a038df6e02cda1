import type { Access } from "../domain/connection.js";
import type { Destination } from "../domain/destination.js";
import type { Reader } from "../domain/filter.js";
import type { Member } from "../domain/member.js";
import { listAccounts } from "../store/accounts.js";
import { listMembers } from "../store/members.js";
import type { Database } from "../store/schema.js";

export interface KnownReaders {
  members: readonly Member[];
  accounts: ReadonlyArray<{ connectionId: string; access: Access | null }>;
}

/** The owner's private chat reads as the account of each connection, every other chat as nobody. */
export function toReader({ chat }: Destination, { members, accounts }: KnownReaders): Reader {
  if (!members.some(({ id, role }) => role === "owner" && id === chat)) return { accounts: [] };
  return {
    accounts: accounts.flatMap(({ connectionId, access }) =>
      access === null ? [] : [{ connectionId, personId: access.account.id, login: access.account.login }],
    ),
  };
}

export async function readerOf(db: Database, destination: Destination): Promise<Reader> {
  const [members, accounts] = await Promise.all([listMembers(db), listAccounts(db)]);
  return toReader(destination, { members, accounts });
}
