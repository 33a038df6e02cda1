import { createHash } from "node:crypto";
import * as z from "zod";
import type { Account } from "../../domain/connection.js";
import { isFailure } from "../../domain/failure.js";
import type { WikiChangeFacts } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import { HttpError } from "../../lib/http.js";
import type { PlatformContext, PollOutcome, PollRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { toRefusalFailure, toSchemaFailure, toSilenceFailure, type Circumstances } from "./errors.js";
import { toAccount } from "./git-author.js";
import { refreshProject } from "./projects.js";
import { GitRefusal, readWikiCommits, readWikiHead, type WikiCommit, type WikiRemote } from "./wiki-git.js";

/** `sha`: the head up to which changes were told; null = the wiki had no page yet. */
const cursorShape = z.object({ sha: z.string().nullable() });

interface Given {
  session: GitHubSession;
  context: PlatformContext;
  /** Of the connection, without a slash at its end. */
  webUrl: string;
  signal: AbortSignal;
}

/** GitHub has no API for wikis: their git repository is read. A quiet wiki costs one git request. */
export async function pollWiki(
  given: Given,
  request: PollRequest & { project: Project },
): Promise<PollOutcome> {
  const { project, cursor } = request;
  const before = cursorShape.safeParse(cursor).data;
  const still = { facts: [], cursor: before ?? { sha: null }, activity: "cold" as const };
  if (!project.hasWiki) return still;
  const host = new URL(given.webUrl).host;
  const about = { host, what: `the wiki of ${project.path}`, write: false, now: given.context.clock.now() };
  try {
    return await readNews({ ...given, account: request.account }, project, before);
  } catch (error) {
    if (given.signal.aborted) throw given.signal.reason;
    if (isNotReadable(error)) {
      return {
        ...still,
        shortfalls: [{ code: "denied", key: "wiki", values: { what: "wiki", scope: "Contents (read)" } }],
      };
    }
    throw isFailure(error) ? error : toWikiFailure(error, about);
  }
}

async function readNews(
  given: Given & { account: Account },
  project: Project,
  before: { sha: string | null } | undefined,
): Promise<PollOutcome> {
  const seen = await readHead(given, project);
  const known = before?.sha ?? null;
  const quiet = before === undefined || (seen?.sha ?? null) === known;
  if (quiet) return { facts: [], cursor: { sha: seen?.sha ?? null }, activity: "cold" };
  // Git does not say whose wiki it is: a name can have passed to another repository.
  const today = await refreshProject(given.session, project);
  const moved = today.path !== project.path;
  const renamed = moved ? { renamed: today } : {};
  const head = moved ? await readHead(given, today) : seen;
  if (head === null || head.sha === known) return { facts: [], cursor: before, activity: "cold", ...renamed };
  const { cacheDir } = given.context;
  const commits = await readWikiCommits(toRemote(given, today), { cacheDir, head, since: known });
  const facts = commits.flatMap((commit) => toWikiChanges(commit, today));
  return {
    facts: facts.map((one) => ({ project: today, facts: asAccount(one, given.account) })),
    cursor: { sha: head.sha },
    activity: "warm",
    ...renamed,
  };
}

/** Below the connection's own address: the one in the answers names a host of the server's choice, and the token would go there. */
function toRemote({ context, webUrl, signal }: Given, project: Project): WikiRemote {
  const { http, credential } = context;
  return { http, url: `${webUrl}/${project.path}.wiki.git`, credential, signal };
}

/** A wiki without a first page has no repository yet, and says "not found". */
async function readHead(given: Given, project: Project) {
  return readWikiHead(toRemote(given, project)).catch((error: unknown) => {
    if (error instanceof GitRefusal && error.status === 404) return null;
    throw error;
  });
}

/** A refusal of git alone does not prove the token dead: fine-grained ones may simply lack the contents permission. */
function isNotReadable(error: unknown): boolean {
  if (!(error instanceof GitRefusal) || ![401, 403].includes(error.status)) return false;
  return error.headers["retry-after"] === undefined;
}

/** isomorphic-git wraps what it cannot read in errors of its own; only their class is told, never their content. */
function toWikiFailure(error: unknown, about: Circumstances): Error {
  if (error instanceof GitRefusal) {
    return toRefusalFailure({ status: error.status, headers: error.headers, message: "" }, about);
  }
  if (error instanceof HttpError) return toSilenceFailure(error, about);
  return toSchemaFailure(about, `git: ${error instanceof Error ? error.name : "unknown"}`);
}

const pageFile =
  /^(.*\/)?([^/]+)\.(md|markdown|mdown|mkdn?|mediawiki|wiki|textile|rdoc|org|creole|rst|asciidoc|adoc|pod)$/i;

/** Pages only: images and the sidebar, header and footer are not what a reader follows. */
export function toWikiChanges(commit: WikiCommit, project: Project): WikiChangeFacts[] {
  return commit.changes.flatMap(({ path, change }) => {
    const slug = pageFile.exec(path)?.[2];
    if (slug === undefined || slug.startsWith("_")) return [];
    const url = `${project.url}/wiki/${encodeURIComponent(slug)}`;
    const facts: WikiChangeFacts = {
      type: "wiki_page",
      slug,
      title: slug.replaceAll("-", " "),
      change,
      changeId: commit.sha,
      actor: toAuthor(commit),
      ...(commit.message === "" ? {} : { summary: commit.message }),
      url,
      changeUrl: change === "deleted" ? `${project.url}/wiki/_history` : `${url}/_compare/${commit.sha}`,
      at: commit.at,
      revision: commit.sha,
    };
    return [facts];
  });
}

/** An older no-reply address tells the login alone: where it is the account's own, so is the change. */
function asAccount(facts: WikiChangeFacts, { id, login }: Account): WikiChangeFacts {
  const { actor } = facts;
  const isAccount = actor?.id.toLowerCase() === `login:${login.toLowerCase()}`;
  return isAccount ? { ...facts, actor: { ...actor, id } } : facts;
}

/** GitHub's no-reply addresses tell the account; of any other author there is only the name. */
export function toAuthor({ name, email }: { name: string; email: string }): Person {
  const account = toAccount(email);
  const login = account?.login ?? name;
  const hash = createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 12);
  const id = account?.id ?? (account === null ? `git:${hash}` : `login:${login}`);
  return { id, login, ...(name === login ? {} : { name }), bot: login.endsWith("[bot]") };
}
