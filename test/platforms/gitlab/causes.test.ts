import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, colleague, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { createPoller, only, signal, type Poller } from "./poller.js";

let fixture: GitLabFixture;
let poller: Poller;
const hour = 3_600_000;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

async function watch(): Promise<void> {
  poller = await createPoller(fixture, "pipelines");
  await poller.poll();
  fixture.advance(hour);
}

function start(
  made: { ref?: string; parent?: number; parentProject?: string; tag?: boolean } = {},
  within = projectPath,
) {
  const bridge = made.parent === undefined ? undefined : { name: "deploy", stage: "deploy" };
  return fixture.sandbox.startPipeline(within, { by: account, ref: "main", bridge, ...made }).id;
}

function fail(id: number, jobs: Array<{ name: string; log?: string }> = [], within = projectPath): void {
  const all = jobs.map((job) => ({ stage: "test", status: "failed", ...job }));
  fixture.sandbox.finishPipeline(within, id, { status: "failed", jobs: all });
}

describe("a pipeline that fails because of one that it started", () => {
  it("names the trigger job and the child's failed job, whose log can be read", async () => {
    await watch();
    const parent = start();
    const child = start({ parent });
    fail(child, [{ name: "smoke", log: "boom" }]);
    fail(parent, []);
    const { failedJobs = [] } = only(await poller.facts(), "pipeline");
    expect(failedJobs).toMatchObject([{ name: "smoke", via: { name: "deploy" } }]);
    expect(failedJobs[0]?.via?.url).toMatch(/\/acme\/api\/-\/jobs\/\d+$/);
    const project = await fixture.project();
    const jobId = failedJobs[0]?.id ?? "";
    expect(await fixture.connection.readLogTail({ project, jobId, maxBytes: 100 }, signal())).toBe("boom");
  });

  it("says in which project the job is, when it is another one", async () => {
    const { id } = fixture.sandbox.addProject("acme/deploy");
    await watch();
    const parent = start();
    fail(start({ parent, parentProject: projectPath }, "acme/deploy"), [{ name: "smoke" }], "acme/deploy");
    fail(parent, []);
    expect(only(await poller.facts(), "pipeline").failedJobs).toMatchObject([
      { name: "smoke", projectId: String(id), projectPath: "acme/deploy", via: { name: "deploy" } },
    ]);
  });

  it("names the trigger job alone where the other project cannot be seen", async () => {
    fixture.sandbox.addProject("acme/secret", { private: true, members: [colleague] });
    await watch();
    const parent = start();
    fail(start({ parent, parentProject: projectPath }, "acme/secret"), [{ name: "smoke" }], "acme/secret");
    fail(parent, []);
    expect(only(await poller.facts(), "pipeline").failedJobs).toMatchObject([{ name: "deploy" }]);
  });

  it("is told, though its trigger jobs cannot be read", async () => {
    await watch();
    fixture.sandbox.server.faults.add(/bridges/, { kind: "status", status: 500 }, Infinity);
    fail(start(), [{ name: "unit" }]);
    expect(only(await poller.facts(), "pipeline").failedJobs).toMatchObject([{ name: "unit" }]);
  });
});

describe("what went wrong", () => {
  const log = (what: string) =>
    `section_start:1:step_script\r\u001b[0K\n$ make\nerror: ${what}\nsection_end:2:step_script\r\u001b[0K\nERROR: Job failed`;

  it("is read of two failed jobs when the failure is first seen, and of no more", async () => {
    await watch();
    fail(
      start(),
      ["one", "two", "three"].map((name) => ({ name, log: log(name) })),
    );
    const { failedJobs = [] } = only(await poller.facts(), "pipeline");
    expect(failedJobs.map((job) => job.excerpt?.join())).toEqual([
      expect.stringContaining("error: "),
      expect.stringContaining("error: "),
      undefined,
    ]);
    const traces = fixture.sandbox.server.ledger.count(/trace/);
    expect(traces).toBe(4);
    await poller.poll();
    expect(fixture.sandbox.server.ledger.count(/trace/)).toBe(traces);
  });

  it("is left out where the log cannot be read", async () => {
    await watch();
    fixture.sandbox.server.faults.add(/trace/, { kind: "status", status: 500 }, Infinity);
    fail(start(), [{ name: "unit", log: log("one") }]);
    expect(only(await poller.facts(), "pipeline").failedJobs).toMatchObject([{ name: "unit" }]);
  });
});

describe("where a pipeline comes from", () => {
  it("is a fork, whose main is not ours", async () => {
    fixture.sandbox.addProject("bob/api");
    const made = { author: colleague, title: "From afar", source: "main-of-bob", fork: "bob/api" };
    const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
    await watch();
    fixture.sandbox.startPipeline(projectPath, { by: colleague, mergeRequest: iid });
    const facts = only(await poller.facts(), "pipeline");
    expect(facts).toMatchObject({ branch: "main-of-bob", fork: "bob/api", mergeRequest: { number: iid } });
  });

  it("is a tag, which is no branch", async () => {
    await watch();
    start({ ref: "v1.0.0", tag: true });
    expect(only(await poller.facts(), "pipeline")).toMatchObject({ branch: "v1.0.0", isTag: true });
  });

  it("is the merge request's own branch, also in a list", async () => {
    const { iid } = fixture.sandbox.openMergeRequest(projectPath, {
      author: colleague,
      title: "Login",
      source: "login",
    });
    fixture.sandbox.startPipeline(projectPath, { by: colleague, mergeRequest: iid });
    const [listed] = await fixture.connection.listPipelines(await fixture.project(), 5, signal());
    expect(listed).toMatchObject({ branch: "login", mergeRequest: { number: iid, title: "Login" } });
  });
});
