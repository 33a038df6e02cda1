import { word, type Client, type Stage } from "./gitlab-client.js";

/** A day in the life of a project that touches every kind of thing the sandbox knows. Ends with one merged, one open request. */
export function liveADay({ sandbox, clock }: Stage): { failed: number; job: number } {
  const tick = () => (clock.now += 60_000);
  sandbox.openMergeRequest("acme/api", {
    author: "bob",
    title: "Add login",
    description: "For @ann",
    source: "login",
    draft: true,
    labels: ["backend"],
  });
  tick();
  sandbox.markReady("acme/api", 1, { by: "bob" });
  sandbox.requestReview("acme/api", 1, { by: "bob", reviewer: "ann" });
  sandbox.assign("acme/api", 1, { by: "ann", assignee: "bob" });
  sandbox.note("acme/api", 1, { by: "ann", body: "@bob here?", path: "src/login.txt" });
  sandbox.approve("acme/api", 1, { by: "ann" });
  tick();
  const first = sandbox.startPipeline("acme/api", { by: "bob", mergeRequest: 1, name: "Checks" });
  tick();
  sandbox.finishPipeline("acme/api", first.id, { status: "success" });
  sandbox.merge("acme/api", 1, { by: "ann" });
  tick();
  sandbox.openMergeRequest("acme/api", { author: "ann", title: "Second", source: "second" });
  const second = sandbox.startPipeline("acme/api", { by: "ann", ref: "second" });
  tick();
  sandbox.finishPipeline("acme/api", second.id, {
    status: "failed",
    jobs: [
      { name: "build", stage: "build", status: "success" },
      { name: "test", stage: "test", status: "failed", log: "boom\n" },
    ],
  });
  const child = sandbox.startPipeline("acme/api", { by: "ann", ref: "second", parent: second.id });
  sandbox.finishPipeline("acme/api", child.id, { status: "failed" });
  sandbox.addGroup("acme", { members: ["ann"] });
  sandbox.requestReview("acme/api", 2, { by: "ann", reviewer: "bob" });
  sandbox.requestChanges("acme/api", 2, { by: "bob", body: "Please not" });
  sandbox.close("acme/api", 2, { by: "ann" });
  sandbox.reopen("acme/api", 2, { by: "ann" });
  sandbox.assign("acme/api", 2, { by: "ann", assignee: "bob" });
  sandbox.note("acme/api", 2, { by: "bob", body: "Back again, @ann" });
  sandbox.openIssue("acme/api", { author: "ann", title: "Broken", description: "cc @bob" });
  sandbox.issueNote("acme/api", 1, { by: "bob", body: "@ann seen" });
  sandbox.editWiki("acme/api", { by: "ann", slug: "guides/Set-up", content: "one" });
  sandbox.editWiki("acme/api", { by: "ann", slug: "guides/Set-up", content: "two" });
  sandbox.editWiki("acme/api", { by: "ann", slug: "Old", content: "x" });
  sandbox.editWiki("acme/api", { by: "bob", slug: "Old", content: null });
  sandbox.commitFiles("acme/api", { by: "bob", message: "Docs", files: { "docs/a.md": "a\n" } });
  // Job ids count up from 700001: one of the first pipeline, then build and test of the second.
  return { failed: second.id, job: 700_003 };
}

/** Every address that can be read after `liveADay`. */
export function readable(project: string, { failed, job }: { failed: number; job: number }): string[] {
  const mergeRequests = [1, 2].map((iid) => `${project}/merge_requests/${iid}`);
  return [
    "/user",
    "/personal_access_tokens/self",
    "/projects?membership=true&min_access_level=20&simple=true&archived=false&order_by=last_activity_at&search=api",
    "/projects?membership=true",
    project,
    "/todos?state=pending&type=MergeRequest&action=mentioned",
    "/todos",
    "/merge_requests?scope=all&state=all",
    `${project}/merge_requests?state=all&scope=all&order_by=updated_at&sort=desc&updated_after=2026-11-01T00:00:00Z&per_page=50`,
    ...mergeRequests,
    ...mergeRequests.flatMap((one) =>
      ["reviewers", "approvals", "pipelines", "resource_state_events", "notes", "discussions"].map(
        (part) => `${one}/${part}`,
      ),
    ),
    `${project}/issues/1`,
    `${project}/issues/1/notes?order_by=created_at&sort=asc`,
    `${project}/pipelines?updated_after=2026-11-01T00:00:00Z&order_by=updated_at&sort=desc&status=failed&ref=second`,
    `${project}/pipelines`,
    `${project}/pipelines/latest?ref=second`,
    `${project}/pipelines/${failed}`,
    `${project}/pipelines/${failed}/jobs?include_retried=true&scope[]=failed&scope[]=success`,
    `${project}/pipelines/${failed}/bridges?scope[]=failed&per_page=100&page=1`,
    "/groups?min_access_level=10&per_page=100&page=1",
    "/groups/51/members/11",
    `${project}/jobs/${job}`,
    `${project}/jobs/${job}/trace`,
    `${project}/wikis?with_content=1`,
    `${project}/wikis`,
    `${project}/wikis/guides%2FSet-up`,
    `${project}/events?after=2026-11-01&before=2026-11-04&sort=asc&target_type=wiki&action=created`,
    `${project}/events?per_page=100`,
    `${project}/repository/branches`,
    `${project}/repository/branches/main`,
    `${project}/repository/commits?ref_name=main&path=docs&since=2026-11-01T00:00:00Z`,
    `${project}/repository/commits?ref_name=second..main`,
    `${project}/repository/commits/main`,
    `${project}/repository/commits/main/diff`,
    `${project}/repository/compare?from=second&to=main`,
  ];
}

/** Everything that can be written, in an order in which each succeeds. `bob` acts. */
export async function writeEverything(
  bob: Client,
  project: string,
  { failed, job }: { failed: number; job: number },
): Promise<number[]> {
  const second = `${project}/merge_requests/2`;
  const { json } = await bob.get(second);
  const sha = word(json["sha"]);
  const [todo] = (await bob.get("/todos")).rows;
  const answers = [
    await bob.post(`/todos/${word(todo?.["id"])}/mark_as_done`),
    await bob.post("/todos/mark_as_done"),
    await bob.post(`${second}/notes`, { body: "Looks good" }),
    await bob.post(`${project}/issues/1/notes`, { body: "On it" }),
    await bob.post(`${second}/approve`, { sha }),
    await bob.post(`${second}/unapprove`),
    await bob.put(second, { state_event: "close" }),
    await bob.put(second, { state_event: "reopen", reviewer_ids: [], add_labels: "late" }),
    await bob.post(`${project}/pipelines/${failed}/retry`),
    await bob.post(`${project}/pipelines/${failed}/cancel`),
    await bob.post(`${project}/jobs/${job + 3}/retry`),
    await bob.put(`${second}/merge`, { sha, auto_merge: false, should_remove_source_branch: true }),
  ];
  return answers.map((answer) => answer.status);
}
