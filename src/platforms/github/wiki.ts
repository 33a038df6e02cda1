import * as z from "zod";
import { readCursor, writeCursor, type CursorFormat } from "../../domain/cursor.js";
import { isFailure } from "../../domain/failure.js";
import type { WikiChangeFacts } from "../../domain/facts/index.js";
import type { Person } from "../../domain/person.js";
import type { Project } from "../../domain/project.js";
import type { Shortfall } from "../../domain/shortfall.js";
import { HttpError } from "../../lib/http.js";
import type { PlatformContext, PollOutcome, PollRequest } from "../platform.js";
import type { GitHubSession } from "./client.js";
import { toRefusalFailure, toSchemaFailure, toSilenceFailure, type Circumstances } from "./errors.js";
import { refreshProject } from "./projects.js";
import { GitRefusal, GitTrouble, isTooMuch, readHeadSha, type WikiRemote } from "./git-wire.js";
import { findAuthors, knownAuthors } from "./wiki-authors.js";
import { readWikiCommits, type WikiCommit } from "./wiki-git.js";

/**
 * - `sha`: the head up to which changes were told; null = the wiki had no page yet.
 * - `refused`: a head whose changes could not be read; it is not asked for again before the wiki moves on.
 * - `authors`: see `wiki-authors.ts`.
 */
const cursorShape = z.object({
  sha: z.string().nullable(),
  refused: z.string().optional(),
  authors: knownAuthors.optional(),
});
type WikiCursor = z.infer<typeof cursorShape>;
const format: CursorFormat<WikiCursor> = { version: 1, schema: cursorShape };

interface Given {
  session: GitHubSession;
  context: PlatformContext;
  /** Of the connection, without a slash at its end. */
  webUrl: string;
  signal: AbortSignal;
}

type WikiRequest = PollRequest & { project: Project };

/** GitHub has no API for wikis: their git repository is read. A quiet wiki costs one git request. */
export async function pollWiki(given: Given, request: WikiRequest): Promise<PollOutcome> {
  const { project } = request;
  const { position: before, lost } = readCursor(format, request.cursor);
  if (!project.hasWiki) return quiet(before ?? { sha: null });
  const host = new URL(given.webUrl).host;
  const about = { host, what: `the wiki of ${project.path}`, write: false, now: given.context.clock.now() };
  try {
    const outcome = await readNews(given, request, before);
    return lost ? { ...outcome, shortfalls: [...(outcome.shortfalls ?? []), reread] } : outcome;
  } catch (error) {
    if (given.signal.aborted) throw given.signal.reason;
    const position = before ?? { sha: null };
    if (isNotReadable(error)) return quiet(position, [denied]);
    if (isTooMuch(error)) return quiet(position, [setAside(project)]);
    throw isFailure(error) ? error : toWikiFailure(error, about);
  }
}

const reread: Shortfall = { code: "reread", key: "wiki", values: { what: "wiki" } };
const denied: Shortfall = { code: "denied", key: "wiki", values: { what: "wiki", scope: "Contents (read)" } };

function quiet(position: WikiCursor, shortfalls?: Shortfall[]): PollOutcome {
  return { facts: [], cursor: writeCursor(format, position), activity: "cold", shortfalls };
}

async function readNews(
  given: Given,
  { project, account }: WikiRequest,
  before: WikiCursor | null,
): Promise<PollOutcome> {
  const seen = await readHead(given, project);
  if (before === null || seen === before.sha) return quiet({ ...before, sha: seen, refused: undefined });
  if (seen === before.refused) return quiet(before, [setAside(project)]);
  // Git does not say whose wiki it is: a name can have passed to another repository.
  const today = await refreshProject(given.session, project);
  const moved = today.path !== project.path;
  const renamed = moved ? { renamed: today } : {};
  const head = moved ? await readHead(given, today) : seen;
  if (head === null || head === before.sha) return { ...quiet(before), ...renamed };
  const news = await readChanges(given, today, { head, since: before.sha });
  if (news === null) return { ...quiet({ ...before, refused: head }, [setAside(today)]), ...renamed };
  const known = await findAuthors(
    given.session,
    { project: today, account, commits: news.commits },
    before.authors,
  );
  const facts = news.commits.flatMap((commit) => toWikiChanges(commit, today, known.authorOf(commit)));
  const told = facts.slice(-mostChanges);
  const position: WikiCursor = { sha: head, authors: known.authors };
  return {
    facts: told.map((one) => ({ project: today, facts: one })),
    cursor: writeCursor(format, position),
    activity: "warm",
    shortfalls: news.cut || told.length < facts.length ? [toCut(told.length)] : [],
    ...renamed,
  };
}

/** Of one poll. A push that touches more pages is nothing that anybody reads page by page. */
const mostChanges = 300;

function toCut(limit: number): Shortfall {
  return { code: "cut", key: "wiki", values: { what: "wiki_events", limit } };
}

/** Called by the name of its git repository, which is the same in every language. */
function setAside(project: Project): Shortfall {
  return { code: "set_aside", key: "wiki", values: { what: `${project.path}.wiki`, reason: "too_large" } };
}

/** null: they are more than is read, and asking again would bring the same. */
async function readChanges(given: Given, project: Project, range: { head: string; since: string | null }) {
  return readWikiCommits(toRemote(given, project), range).catch((error: unknown) => {
    if (isTooMuch(error)) return null;
    throw error;
  });
}

/** Below the connection's own address: the one in the answers names a host of the server's choice, and the token would go there. */
function toRemote({ context, webUrl, signal }: Given, project: Project): WikiRemote {
  const { http, credential } = context;
  return { http, url: `${webUrl}/${project.path}.wiki.git`, credential, signal };
}

/** A wiki without a first page has no repository yet, and says "not found". */
async function readHead(given: Given, project: Project): Promise<string | null> {
  return readHeadSha(toRemote(given, project)).catch((error: unknown) => {
    if (error instanceof GitRefusal && error.status === 404) return null;
    throw error;
  });
}

/** A refusal of git alone does not prove the token dead: fine-grained ones may simply lack the contents permission. */
function isNotReadable(error: unknown): boolean {
  if (!(error instanceof GitRefusal) || ![401, 403].includes(error.status)) return false;
  return error.headers["retry-after"] === undefined;
}

/** Of an error that is none of ours only the class is told, never the content. */
function toWikiFailure(error: unknown, about: Circumstances): Error {
  if (error instanceof GitRefusal) {
    return toRefusalFailure({ status: error.status, headers: error.headers, message: "" }, about);
  }
  if (error instanceof HttpError) return toSilenceFailure(error, about);
  if (error instanceof GitTrouble) return toSchemaFailure(about, error.message);
  return toSchemaFailure(about, `git: ${error instanceof Error ? error.name : "unknown"}`);
}

const pageFile =
  /^(.*\/)?([^/]+)\.(md|markdown|mdown|mkdn?|mediawiki|wiki|textile|rdoc|org|creole|rst|asciidoc|adoc|pod)$/i;

/** Pages only: images and the sidebar, header and footer are not what a reader follows. */
export function toWikiChanges(commit: WikiCommit, project: Project, actor: Person): WikiChangeFacts[] {
  return commit.changes.flatMap(({ path, change, from }) => {
    const slug = toSlug(path);
    if (slug === undefined) return [];
    const former = from === undefined ? undefined : toSlug(from);
    const url = `${project.url}/wiki/${encodeURIComponent(slug)}`;
    const facts: WikiChangeFacts = {
      type: "wiki_page",
      slug,
      title: toTitle(slug),
      ...(former === undefined || former === slug ? {} : { formerTitle: toTitle(former) }),
      change,
      changeId: commit.sha,
      actor,
      ...(commit.message === "" ? {} : { summary: commit.message }),
      url,
      changeUrl: change === "deleted" ? `${project.url}/wiki/_history` : `${url}/_compare/${commit.sha}`,
      at: commit.at,
      revision: commit.sha,
    };
    return [facts];
  });
}

function toSlug(path: string): string | undefined {
  const slug = pageFile.exec(path)?.[2];
  return slug?.startsWith("_") === true ? undefined : slug;
}

function toTitle(slug: string): string {
  return slug.replaceAll("-", " ");
}
