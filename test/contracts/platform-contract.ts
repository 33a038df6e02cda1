import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "../../src/domain/action.js";
import type { FailureKind } from "../../src/domain/failure.js";
import { type KnownConnection, readAddress } from "../../src/domain/read-address.js";
import { cursorCases, makeNews } from "./cursor-cases.js";
import {
  everythingIn,
  failureOf,
  mergeRequestOf,
  pipelineOf,
  signal,
  watch,
  type PlatformWorld,
  type StartWorld,
  type WorldFault,
} from "./platform-world.js";

/** What every adapter promises (src/platforms/platform.ts), tried against a local server of its platform. */
export function platformContract(label: string, start: StartWorld): void {
  let world: PlatformWorld;
  const getWorld = () => world;

  describe(`${label} keeps the platform contract`, () => {
    beforeEach(async () => {
      world = await start();
    });
    afterEach(() => world.close());

    describe("access and projects", () => accessCases(getWorld));
    describe("merge requests", () => mergeRequestCases(getWorld));
    describe("pipelines", () => pipelineCases(getWorld));
    describe("pages", () => pageCases(getWorld));
    describe("cursors", () => cursorCases(getWorld));
    describe("failures", () => failureCases(getWorld));
    describe("actions", () => actionCases(getWorld));
  });
}

function accessCases(getWorld: () => PlatformWorld): void {
  it("says who the credential belongs to", async () => {
    const access = await getWorld().connection.checkAccess(signal());
    expect(access.account.login).toBe(getWorld().account);
    expect(access.account.id).toMatch(/^\d+$/);
    expect(access.tokenKind).not.toBe("");
  });

  it("finds a project by its path and in the list", async () => {
    const world = getWorld();
    const project = await world.connection.findProject(world.projectPath, signal());
    expect(project).toMatchObject({ path: world.projectPath, connectionId: world.connectionId });
    const listed = await world.connection.searchProjects({ text: world.projectPath, limit: 5 }, signal());
    expect(listed.map((one) => one.id)).toContain(project.id);
    expect(readPlace(world.known, project.url)).toMatchObject({ type: "project", path: project.path });
  });

  it("calls an absent project gone", async () => {
    const failure = await failureOf(getWorld().connection.findProject("nobody/nothing", signal()));
    expect(failure.kind).toBe("gone");
  });

  it("follows a renamed project by its identity", async () => {
    const world = getWorld();
    const before = await world.connection.findProject(world.projectPath, signal());
    const path = `${world.projectPath}-renamed`;
    await world.renameProject(path);
    const after = await world.connection.refreshProject(before, signal());
    expect(after).toMatchObject({ id: before.id, path });
  });

  it("calls a deleted project gone", async () => {
    const world = getWorld();
    const before = await world.connection.findProject(world.projectPath, signal());
    await world.deleteProject();
    expect((await failureOf(world.connection.refreshProject(before, signal()))).kind).toBe("gone");
  });

  it("names only sources of the wanted projects", async () => {
    const world = getWorld();
    const access = await world.connection.checkAccess(signal());
    const project = await world.connection.findProject(world.projectPath, signal());
    const sources = world.connection.sourcesFor({
      projects: [{ project, features: ["pipelines", "wiki"] }],
      personal: false,
      access,
    });
    expect(sources.map((source) => source.kind).sort()).toEqual(["pipelines", "wiki"]);
    expect(sources.every((source) => source.projectId === project.id)).toBe(true);
  });
}

function mergeRequestCases(getWorld: () => PlatformWorld): void {
  it("takes what is there at the first poll as a baseline without happenings", async () => {
    const world = getWorld();
    const { number } = await world.openMergeRequest({ author: world.colleague, title: "Old" });
    await world.comment(number, { by: world.colleague, body: "long ago" });
    const facts = await (await watch(world, "mergeRequests")).drain();
    expect(mergeRequestOf(facts, number)).toMatchObject({ title: "Old", state: "open", happenings: [] });
  });

  it("reports nothing and moves nothing while nothing happens", async () => {
    const world = getWorld();
    await world.openMergeRequest({ author: world.colleague, title: "Old" });
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    await watcher.drain();
    const { cursor } = watcher;
    expect(await watcher.drain()).toEqual([]);
    expect(watcher.cursor).toEqual(cursor);
  });

  it("tells a new merge request and a comment once, under the same identity when it is read again", async () => {
    const world = getWorld();
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    const { number, sha } = await world.openMergeRequest({ author: world.colleague, title: "New" });
    await world.comment(number, { by: world.colleague, body: `@${world.account} look` });
    const { cursor } = watcher;
    const first = mergeRequestOf(await watcher.drain(), number);
    expect(first).toMatchObject({ title: "New", headSha: sha });
    expect(first.happenings).toMatchObject([
      { what: "commented", body: `@${world.account} look`, actor: { login: world.colleague } },
    ]);
    watcher.cursor = cursor;
    const again = mergeRequestOf(await (await rewound(world, cursor)).drain(), number);
    expect(again.happenings.map((one) => one.id)).toEqual(first.happenings.map((one) => one.id));
    expect(readPlace(world.known, first.url)).toMatchObject({ type: "merge_request", number });
  });

  it("tells a comment on a merge request that it has seen before", async () => {
    const world = getWorld();
    const { number } = await world.openMergeRequest({ author: world.account, title: "Mine" });
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    for (const body of ["one", "two"]) {
      world.advance(600_000);
      await world.comment(number, { by: world.colleague, body });
      const bodies = mergeRequestOf(await watcher.drain(), number).happenings.flatMap((one) =>
        one.what === "commented" ? [one.body] : [],
      );
      expect(bodies).toContain(body);
    }
  });

  it("does not make news of what was there before the first poll", async () => {
    const world = getWorld();
    const { number } = await world.openMergeRequest({ author: world.account, title: "Mine" });
    await world.comment(number, { by: world.colleague, body: "before" });
    world.advance(600_000);
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    await world.comment(number, { by: world.colleague, body: "after" });
    const { happenings, newsSince } = mergeRequestOf(await watcher.drain(), number);
    const floor = newsSince === undefined ? -Infinity : Date.parse(newsSince);
    const news = happenings.filter((one) => Date.parse(one.at) >= floor);
    expect(news.map((one) => (one.what === "commented" ? one.body : ""))).toEqual(["after"]);
  });

  it("tells who is asked to review, by whom, and who is assigned", async () => {
    const world = getWorld();
    const { number } = await world.openMergeRequest({ author: world.colleague, title: "Ask" });
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    await world.requestReview(number, { by: world.colleague, reviewer: world.account });
    await world.assign(number, { by: world.colleague, assignee: world.account });
    const facts = mergeRequestOf(await watcher.drain(), number);
    expect(facts.reviewRequests?.map((one) => one.person?.login)).toEqual([world.account]);
    expect(facts.assignments.map((one) => one.person.login)).toEqual([world.account]);
  });

  it("gives a repeated review request an identity of its own", async () => {
    const world = getWorld();
    if (world.requestReviewAgain === undefined) return;
    const { number } = await world.openMergeRequest({ author: world.account, title: "Ask twice" });
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    const ask = { by: world.account, reviewer: world.colleague };
    await world.requestReview(number, ask);
    const first = mergeRequestOf(await watcher.drain(), number).reviewRequests?.[0];
    world.advance(600_000);
    await world.approve(number, world.colleague);
    await world.requestReviewAgain(number, ask);
    const second = mergeRequestOf(await watcher.drain(), number).reviewRequests?.[0];
    expect(first?.requestId).toBeDefined();
    expect(second?.requestId).toBeDefined();
    expect(second?.requestId).not.toBe(first?.requestId);
  });

  it("tells approval, the end of a draft, a push and the merge", async () => {
    const world = getWorld();
    const { number } = await world.openMergeRequest({ author: world.account, title: "Go", draft: true });
    const watcher = await watch(world, "mergeRequests");
    expect(mergeRequestOf(await watcher.drain(), number).draft).toBe(true);
    world.advance(600_000);
    await world.markReady(number, world.account);
    expect(mergeRequestOf(await watcher.drain(), number).draft).toBe(false);
    world.advance(600_000);
    const { sha } = await world.push(number, world.account);
    expect(mergeRequestOf(await watcher.drain(), number).headSha).toBe(sha);
    world.advance(600_000);
    await world.approve(number, world.colleague);
    const approved = mergeRequestOf(await watcher.drain(), number);
    expect(approved.approvedBy?.map((one) => one.login)).toEqual([world.colleague]);
    world.advance(600_000);
    await world.merge(number, world.colleague);
    const merged = mergeRequestOf(await watcher.drain(), number);
    expect(merged).toMatchObject({ state: "merged", endedBy: { login: world.colleague } });
  });

  it("goes on under the new name after a rename, and says so", async () => {
    const world = getWorld();
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    world.advance(600_000);
    const path = `${world.projectPath}-renamed`;
    await world.renameProject(path);
    const { number } = await world.openMergeRequest({ author: world.colleague, title: "After" });
    const facts = await watcher.drain();
    expect(mergeRequestOf(facts, number).title).toBe("After");
    expect(watcher.project.path).toBe(path);
  });

  it("reads one merge request and lists the open ones", async () => {
    const world = getWorld();
    const project = await world.connection.findProject(world.projectPath, signal());
    const one = await world.openMergeRequest({ author: world.account, title: "One" });
    world.advance(60_000);
    const two = await world.openMergeRequest({ author: world.account, title: "Two" });
    const read = await world.connection.readMergeRequest(project, one.number, signal());
    expect(read).toMatchObject({ number: one.number, title: "One", headSha: one.sha });
    const listed = await world.connection.listMergeRequests(project, 10, signal());
    expect(listed.map((each) => each.number)).toEqual([two.number, one.number]);
  });
}

async function rewound(world: PlatformWorld, cursor: Awaited<ReturnType<typeof watch>>["cursor"]) {
  const watcher = await watch(world, "mergeRequests");
  watcher.cursor = cursor;
  return watcher;
}

function pipelineCases(getWorld: () => PlatformWorld): void {
  it("tells start, failure with the failed job, retry and success of one pipeline", async () => {
    const world = getWorld();
    const watcher = await watch(world, "pipelines");
    await watcher.drain();
    world.advance(60_000);
    const { id } = await world.startPipeline({ branch: "main", by: world.account });
    const started = pipelineOf(await watcher.drain(), id);
    expect(["queued", "running"]).toContain(started.status);
    expect(started).toMatchObject({ branch: "main", actor: { login: world.account } });
    world.advance(60_000);
    await world.finishPipeline(id, { outcome: "failed", job: "unit", log: "boom" });
    const failed = pipelineOf(await watcher.drain(), id);
    expect(failed).toMatchObject({ status: "failed", failedJobs: [{ name: "unit" }] });
    expect(readPlace(world.known, failed.url)).toMatchObject({ type: "pipeline", pipelineId: id });
    world.advance(60_000);
    await world.retryPipeline(id, world.account);
    expect(["queued", "running"]).toContain(pipelineOf(await watcher.drain(), id).status);
    world.advance(60_000);
    await world.finishPipeline(id, { outcome: "success", job: "unit", log: "fine" });
    expect(pipelineOf(await watcher.drain(), id).status).toBe("success");
  });

  it("asks hotly while something runs and reports nothing when nothing moved", async () => {
    const world = getWorld();
    const { id } = await world.startPipeline({ branch: "main", by: world.account });
    const watcher = await watch(world, "pipelines");
    expect((await watcher.poll()).activity).toBe("hot");
    await world.finishPipeline(id, { outcome: "success", job: "unit", log: "" });
    await watcher.drain();
    const quiet = await watcher.poll();
    expect(quiet.facts).toEqual([]);
    expect(quiet.activity).not.toBe("hot");
  });

  it("reads one pipeline, lists them newest first and gives the end of a failed job's log", async () => {
    const world = getWorld();
    const project = await world.connection.findProject(world.projectPath, signal());
    const log = [...Array.from({ length: 500 }, (_, line) => `line ${line}`), "the end"].join("\n");
    const first = await world.startPipeline({ branch: "main", by: world.account });
    await world.finishPipeline(first.id, { outcome: "failed", job: "unit", log });
    world.advance(60_000);
    const second = await world.startPipeline({ branch: "main", by: world.account });
    const listed = await world.connection.listPipelines(project, 10, signal());
    expect(listed.map((one) => one.id)).toEqual([second.id, first.id]);
    const read = await world.connection.readPipeline(project, first.id, signal());
    const jobId = read.failedJobs?.[0]?.id ?? "";
    const tail = await world.connection.readLogTail({ project, jobId, maxBytes: 200 }, signal());
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(200);
    expect(tail.trimEnd().endsWith("the end")).toBe(true);
    expect(tail.split("\n")[0]).toMatch(/^line \d+$/);
  });
}

function pageCases(getWorld: () => PlatformWorld): void {
  it("tells a wiki page that was written, changed and deleted", async () => {
    const world = getWorld();
    await world.editWiki({ by: world.colleague, page: "Home", content: "hello" });
    const watcher = await watch(world, "wiki");
    const baseline = await watcher.drain();
    expect(baseline.filter((one) => one.type === "wiki_page" && one.newsSince === undefined)).toEqual([]);
    for (const [content, change] of [
      ["first", "created"],
      ["second", "updated"],
      [null, "deleted"],
    ] as const) {
      world.advance(600_000);
      await world.editWiki({ by: world.colleague, page: "Guide", content });
      const facts = await watcher.drain();
      expect(facts).toMatchObject([{ type: "wiki_page", slug: "Guide", change }]);
    }
    expect(await watcher.drain()).toEqual([]);
  });

  it("tells a push that touches the documentation, and not one that does not", async () => {
    const world = getWorld();
    await world.commitFile({ by: world.colleague, path: "README.md", content: "start" });
    const watcher = await watch(world, "repository");
    expect(await watcher.drain()).toEqual([]);
    world.advance(600_000);
    await world.commitFile({ by: world.colleague, path: "src/a.ts", content: "code" });
    expect(await watcher.drain()).toEqual([]);
    world.advance(600_000);
    await world.commitFile({ by: world.colleague, path: "docs/guide.md", content: "text" });
    const facts = await watcher.drain();
    expect(facts).toMatchObject([{ type: "docs_change", files: [{ path: "docs/guide.md" }] }]);
  });
}

const spoiled: Array<[WorldFault, FailureKind]> = [
  [{ kind: "throttled", retryAfterSeconds: 77 }, "throttled"],
  [{ kind: "server_error" }, "unreachable"],
  [{ kind: "html" }, "unreachable"],
  [{ kind: "empty" }, "unreachable"],
  [{ kind: "truncated" }, "unreachable"],
  [{ kind: "reset" }, "unreachable"],
];

function failureCases(getWorld: () => PlatformWorld): void {
  for (const kind of ["mergeRequests", "pipelines", "repository", "wiki"] as const) {
    it.each(spoiled)(
      `rejects a poll of ${kind} under %j as %s, and tells the news afterwards`,
      async (fault, expected) => {
        const world = getWorld();
        await world.commitFile({ by: world.colleague, path: "README.md", content: "start" });
        await world.editWiki({ by: world.colleague, page: "Home", content: "hello" });
        await world.openMergeRequest({ author: world.colleague, title: "Old" });
        const watcher = await watch(world, kind);
        await watcher.drain();
        world.advance(600_000);
        await makeNews(world);
        const off = world.fault(fault);
        const failure = await failureOf(watcher.poll());
        expect(failure.kind).toBe(expected);
        if (expected === "throttled") expect(Date.parse(failure.retryAt ?? "")).not.toBeNaN();
        expect(everythingIn(failure)).not.toContain(world.secret);
        off();
        expect(await watcher.drain()).not.toEqual([]);
      },
    );
  }

  it("calls a refused credential unauthorized without showing it", async () => {
    const world = getWorld();
    const watcher = await watch(world, "mergeRequests");
    await world.revokeToken();
    const failure = await failureOf(watcher.poll());
    expect(failure.kind).toBe("unauthorized");
    expect(everythingIn(failure)).not.toContain(world.secret);
    expect((await failureOf(world.connection.checkAccess(signal()))).kind).toBe("unauthorized");
  });

  it("calls the source of a deleted project gone", async () => {
    const world = getWorld();
    const watcher = await watch(world, "mergeRequests");
    await watcher.drain();
    await world.deleteProject();
    expect((await failureOf(watcher.poll())).kind).toBe("gone");
  });

  it("ends a hanging request with the caller's reason", async () => {
    const world = getWorld();
    const watcher = await watch(world, "pipelines");
    const off = world.fault({ kind: "hang" });
    const abort = new AbortController();
    const reason = new Error("stopping");
    const poll = watcher.poll(abort.signal);
    setTimeout(() => abort.abort(reason), 50);
    await expect(poll).rejects.toBe(reason);
    off();
  });
}

function actionCases(getWorld: () => PlatformWorld): void {
  async function target(world: PlatformWorld, author = world.colleague) {
    const project = await world.connection.findProject(world.projectPath, signal());
    const opened = await world.openMergeRequest({ author, title: "Act" });
    const on = { projectPath: project.path, projectId: project.id };
    return { project, ...opened, on };
  }

  it("approves what was seen, with one writing request", async () => {
    const world = getWorld();
    const { project, number, sha, on } = await target(world);
    const before = world.writes();
    const result = await world.connection.act({ verb: "approve", ...on, number, sha }, signal());
    expect(result.outcome).toBe("done");
    expect(world.writes() - before).toBe(1);
    const facts = await world.connection.readMergeRequest(project, number, signal());
    expect(facts.approvedBy?.map((one) => one.login)).toEqual([world.account]);
  });

  it.each(["approve", "merge"] as const)("refuses to %s when the head has moved", async (verb) => {
    const world = getWorld();
    const { number, sha, on } = await target(world);
    const moved = await world.push(number, world.colleague);
    const failure = await failureOf(world.connection.act({ verb, ...on, number, sha }, signal()));
    expect(failure).toMatchObject({ kind: "conflict", code: "head_moved", headSha: moved.sha });
  });

  it("merges once and says so when it is asked again", async () => {
    const world = getWorld();
    const { project, number, sha, on } = await target(world);
    const action: Action = { verb: "merge", ...on, number, sha };
    expect((await world.connection.act(action, signal())).outcome).toBe("done");
    expect((await world.connection.readMergeRequest(project, number, signal())).state).toBe("merged");
    const before = world.writes();
    expect((await world.connection.act(action, signal())).outcome).toBe("already");
    expect(world.writes()).toBe(before);
  });

  it("leaves in doubt a merge whose answer was lost, and sends it once", async () => {
    const world = getWorld();
    const { project, number, sha, on } = await target(world);
    world.loseNextWriteReply();
    const before = world.writes();
    const failure = await failureOf(world.connection.act({ verb: "merge", ...on, number, sha }, signal()));
    expect(failure.kind).toBe("ambiguous");
    expect(everythingIn(failure)).not.toContain(world.secret);
    expect(world.writes() - before).toBe(1);
    expect((await world.connection.readMergeRequest(project, number, signal())).state).toBe("merged");
  });

  it.each(["retry", "retry_failed"] as const)("carries out %s of a failed pipeline", async (verb) => {
    const world = getWorld();
    const project = await world.connection.findProject(world.projectPath, signal());
    const { id } = await world.startPipeline({ branch: "main", by: world.colleague });
    await world.finishPipeline(id, { outcome: "failed", job: "unit", log: "boom" });
    const on = { projectPath: project.path, projectId: project.id, pipelineId: id };
    expect((await world.connection.act({ verb, ...on }, signal())).outcome).toBe("done");
    const newest = (await world.connection.listPipelines(project, 1, signal()))[0];
    expect(["queued", "running"]).toContain(newest?.status);
  });

  it("cancels a running pipeline, and says so when there is nothing left to cancel", async () => {
    const world = getWorld();
    const project = await world.connection.findProject(world.projectPath, signal());
    const { id } = await world.startPipeline({ branch: "main", by: world.colleague });
    const action: Action = {
      verb: "cancel",
      projectPath: project.path,
      projectId: project.id,
      pipelineId: id,
    };
    expect((await world.connection.act(action, signal())).outcome).toBe("done");
    await world.finishPipeline(id, { outcome: "success", job: "unit", log: "" });
    expect((await world.connection.act(action, signal())).outcome).toBe("already");
  });
}

function readPlace(known: KnownConnection, url: string) {
  const read = readAddress(url, [known]);
  return read?.is === "found" ? read.found : read;
}
