import { recordIssuable } from "./feed.js";
import { toIssuable } from "./merge-requests.js";
import type { Issue, Project, State, User } from "./model.js";
import { addMentionTodos } from "./todos.js";

export function openIssue(
  state: State,
  project: Project,
  made: { author: User; title: string; description?: string | undefined; labels?: string[] | undefined },
): Issue {
  const issue: Issue = {
    ...toIssuable(state, project, made),
    type: "Issue",
    id: state.nextId("issue"),
    iid: project.issues.length + 1,
  };
  project.issues.push(issue);
  recordIssuable(state, issue, { by: made.author, action: "created", name: "opened" });
  addMentionTodos(state, issue, { body: issue.description, author: made.author });
  return issue;
}
