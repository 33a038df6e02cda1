import type { Page, State } from "../model.js";
import { toActor } from "./actors.js";
import { connection, toPage } from "./connection.js";
import { FieldError, textOf, type Args, type GraphqlObject, type Output } from "./execute.js";

/** `search(type: DISCUSSION)`: the discussions of one repository by the words of their titles. One in which nobody wrote is not there. */
export function searchDiscussions(state: State, args: Args, mayRead: (page: Page) => boolean): Output {
  if (args["type"] !== "DISCUSSION")
    throw new FieldError("UNPROCESSABLE", "The sandbox finds discussions alone.");
  const asked = textOf(args["query"]);
  const repo = /repo:(\S+)/.exec(asked)?.[1]?.toLowerCase();
  const title = /"([^"]*)"/.exec(asked)?.[1]?.toLowerCase() ?? "";
  const pages = new Set(
    state.threads.flatMap(({ subject }) => ("talk" in subject && subject.talk.length > 0 ? [subject] : [])),
  );
  const all = [...pages].filter(
    (page) =>
      page.repo.fullName.toLowerCase() === repo && page.title.toLowerCase().includes(title) && mayRead(page),
  );
  return toPage("searchResultItem", args, { all, toNode: (page) => toDiscussion(state, page) });
}

function toDiscussion(state: State, page: Page): GraphqlObject {
  const url = `${state.urls.web}/${page.repo.fullName}/discussions/${page.talk[0]?.id}`;
  return {
    __typename: "Discussion",
    interfaces: ["Node"],
    fields: {
      title: page.title,
      url,
      body: "",
      createdAt: page.talk[0]?.at,
      updatedAt: page.talk.at(-1)?.at,
      author: () => toActor(state, page.talk[0]?.author ?? ""),
      comments: connection(
        "discussionComment",
        () => page.talk,
        (said) => toSaid(state, url, said),
      ),
    },
  };
}

function toSaid(state: State, url: string, said: Page["talk"][number]): GraphqlObject {
  return {
    __typename: "DiscussionComment",
    interfaces: ["Node", "Comment"],
    fields: {
      databaseId: said.id,
      body: said.body,
      createdAt: said.at,
      url: `${url}#discussioncomment-${said.id}`,
      author: () => toActor(state, said.author),
      replies: connection(
        "discussionComment",
        () => [],
        () => null,
      ),
    },
  };
}
