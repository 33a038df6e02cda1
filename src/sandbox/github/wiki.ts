import { addCommit, createGitStore, headOf } from "./git-store.js";
import { toGitAuthor } from "./repositories.js";
import { repositoryOf, stamp, type State } from "./state.js";

/** The branch of every GitHub wiki, whatever its repository's default branch is called. */
const wikiBranch = "master";

export interface WikiEdit {
  by: string;
  page: string;
  content: string | null;
  message?: string;
  /** The title that the page had before: it is renamed. */
  from?: string;
  /** Files that are pushed beside the page: path → content. */
  files?: Record<string, string>;
  /** As whom the commit is made; default: with the no-reply address of the account. */
  author?: { name: string; email: string };
}

/** Writes, changes, renames or (content null) deletes a page. `Setup guide` is kept in `Setup-guide.md`. */
export function editWiki(state: State, fullName: string, edit: WikiEdit): { sha: string } {
  const repo = repositoryOf(state, fullName);
  repo.wikiGit ??= createGitStore(wikiBranch);
  const slug = edit.page.replaceAll(" ", "-");
  const path = `${slug}.md`;
  const existed = headOf(repo.wikiGit, wikiBranch)?.files.has(path) ?? false;
  const verb = edit.content === null ? "Destroyed" : existed ? "Updated" : "Created";
  const at = stamp(state);
  const { sha } = addCommit(repo.wikiGit, {
    branch: wikiBranch,
    changes: {
      ...edit.files,
      ...(edit.from === undefined ? {} : { [`${edit.from.replaceAll(" ", "-")}.md`]: null }),
      [path]: edit.content,
    },
    message: edit.message ?? `${verb} ${edit.page} (markdown)`,
    author: { ...toGitAuthor(state, edit.by), ...edit.author },
    at,
  });
  // GitHub tells of pages written, not of pages deleted.
  if (edit.content === null) return { sha };
  const page = {
    page_name: slug,
    title: edit.page,
    summary: edit.message ?? null,
    action: existed ? "edited" : "created",
    sha,
    html_url: `${state.urls.web}/${repo.fullName}/wiki/${slug}`,
  };
  const id = state.nextId("content");
  repo.feed.unshift({ id, type: "GollumEvent", actor: edit.by, at, payload: { pages: [page] } });
  return { sha };
}
