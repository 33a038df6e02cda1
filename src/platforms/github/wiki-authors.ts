import { createHash } from "node:crypto";
import * as z from "zod";
import type { Account } from "../../domain/connection.js";
import { isFailure } from "../../domain/failure.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import type { GitHubSession } from "./client.js";
import { toAccount } from "./git-author.js";
import { repoUrl } from "./projects.js";
import { eventList } from "./schema.js";
import type { WikiCommit } from "./wiki-git.js";

/** Accounts by the hash of an address that they committed with. */
export const knownAuthors = z.record(z.string(), z.object({ id: z.string(), login: z.string() }));
type KnownAuthors = z.infer<typeof knownAuthors>;

const mostKnown = 50;

interface Wanted {
  project: Project;
  account: Account;
  commits: readonly WikiCommit[];
}

/**
 * Whose commits these are. A commit names an address, not an account: a no-reply address of GitHub's tells it, and of any other the
 * repository's events do, which name the account and the commit. That costs one request, and only after a change by somebody unknown.
 * An address is remembered where the commit's name is the account's too: whoever pushes may push what others wrote. Deleted pages make no
 * event, and events may come late: then an address that was never seen stays somebody by name.
 */
export async function findAuthors(session: GitHubSession, wanted: Wanted, before: KnownAuthors = {}) {
  const authors = new Map(Object.entries(before));
  const unknown = wanted.commits.some(
    ({ email }) => toAccount(email) === null && !authors.has(toHash(email)),
  );
  const actors = unknown ? await readActors(session, wanted.project) : new Map<string, Person>();
  for (const { sha, name, email } of wanted.commits) {
    const actor = actors.get(sha);
    if (actor === undefined || !isCalled(actor, name, wanted.account)) continue;
    authors.set(toHash(email), { id: actor.id, login: actor.login });
  }
  return {
    authors: Object.fromEntries([...authors].slice(-mostKnown)),
    authorOf(commit: WikiCommit): Person {
      const { name, email } = commit;
      const known =
        toAccount(email) === null ? (authors.get(toHash(email)) ?? actors.get(commit.sha)) : undefined;
      if (known === undefined) return toAuthor(commit, wanted.account);
      const { id, login } = known;
      return { id, login, ...(name === login ? {} : { name }), bot: login.endsWith("[bot]") };
    },
  };
}

function isCalled({ id, login }: Person, name: string, account: Account): boolean {
  return name.toLowerCase() === login.toLowerCase() || (id === account.id && name === account.name);
}

async function readActors(session: GitHubSession, project: Project): Promise<Map<string, Person>> {
  const url = `${repoUrl(project.path)}/events?per_page=100`;
  try {
    const { data } = await session.read({ url, schema: eventList, what: `the events of ${project.path}` });
    return new Map(
      data.flatMap(({ actor, payload }) =>
        (payload.pages ?? []).map(({ sha }): [string, Person] => [sha, { ...actor, bot: false }]),
      ),
    );
  } catch (error) {
    // News are told without the account rather than not at all.
    if (!isFailure(error)) throw error;
    return new Map();
  }
}

/** GitHub's no-reply addresses tell the account; of any other author there is only the name. */
export function toAuthor({ name, email }: { name: string; email: string }, own?: Account): Person {
  const account = toAccount(email);
  const login = account?.login ?? name;
  const isOwn = account !== null && login.toLowerCase() === own?.login.toLowerCase();
  const id = account?.id ?? (account === null ? `git:${toHash(email)}` : isOwn ? own.id : `login:${login}`);
  return { id, login, ...(name === login ? {} : { name }), bot: login.endsWith("[bot]") };
}

function toHash(email: string): string {
  return createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 12);
}
