import type { Account } from "../../domain/connection.js";
import { limits } from "./limits.js";
import { readPages } from "./pages.js";
import * as schema from "./schema.js";
import { ifThere, type Visit } from "./visit.js";

/** Groups below one of the account's, of which it may be a member by inheritance alone, that are asked about. */
const mostAsked = 20;

/**
 * Groups whose mention calls the account: those that it is a direct member of. The list names those below them, too, whose mention
 * does not call it; these are asked about one by one.
 */
export async function readTeams(visit: Visit, account: Pick<Account, "id">): Promise<string[]> {
  const groups = await readPages(visit.session, {
    row: schema.group,
    limit: limits.groups,
    ask: (page, perPage) => (gl) =>
      gl.groups.all<false, "offset">({ minAccessLevel: 10, allAvailable: false, perPage, page }),
    call: { what: "the groups of the account" },
    wantsMore: () => true,
  });
  const paths = groups.map((group) => group.full_path);
  const isBelow = ({ full_path: path }: { full_path: string }) =>
    paths.some((other) => path.startsWith(`${other}/`));
  const own = groups.filter((group) => !isBelow(group)).map((group) => group.full_path);
  const asked = groups.filter(isBelow).slice(0, mostAsked);
  const members = await Promise.all(asked.map((group) => isMember(visit, { group, account })));
  return [...own, ...asked.flatMap((group, index) => (members[index] === true ? [group.full_path] : []))];
}

/** Direct members alone are found. */
async function isMember(
  { session }: Visit,
  { group, account }: { group: { id: number; full_path: string }; account: Pick<Account, "id"> },
): Promise<boolean> {
  const reading = session.read(schema.member, (gl) => gl.groupMembers.show(group.id, Number(account.id)), {
    what: `the membership in ${group.full_path}`,
  });
  return (await ifThere(reading)) !== undefined;
}
