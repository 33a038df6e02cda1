import { recordWiki } from "./feed.js";
import type { Project, State, User, WikiPage } from "./model.js";

/** Creates, changes or (with `content: null`) deletes a page. The API shows who and when in the activity feed alone. */
export function editWiki(
  state: State,
  project: Project,
  edit: { by: User; slug: string; title?: string | undefined; content: string | null },
): WikiPage {
  const existing = project.wiki.get(edit.slug);
  if (edit.content === null) {
    if (existing === undefined) throw new Error(`The wiki of ${project.path} has no page "${edit.slug}".`);
    project.wiki.delete(edit.slug);
    recordWiki(state, project, { by: edit.by, action: "destroyed", page: existing });
    return existing;
  }
  const page: WikiPage = {
    metaId: existing?.metaId ?? state.nextId("wiki"),
    slug: edit.slug,
    title: edit.title ?? existing?.title ?? toTitle(edit.slug),
    content: edit.content,
  };
  project.wiki.set(page.slug, page);
  const action = existing === undefined ? "created" : "updated";
  recordWiki(state, project, { by: edit.by, action, page });
  return page;
}

/** GitLab makes the title of a page from its slug: `guides/Set-up` is "Set up". */
function toTitle(slug: string): string {
  return (slug.split("/").at(-1) ?? slug).replaceAll("-", " ");
}
