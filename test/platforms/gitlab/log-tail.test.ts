import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { signal } from "./poller.js";

const begin = (section: string) => `section_start:1700000000:${section}\r\u001b[0K\n`;
const end = (section: string) => `section_end:1700000001:${section}\r\u001b[0K`;

describe("the end of a log", () => {
  let fixture: GitLabFixture;
  beforeEach(async () => {
    fixture = await startFixture();
  });
  afterEach(() => fixture.close());

  async function tail(log: string, maxBytes: number): Promise<string> {
    const { id } = fixture.sandbox.startPipeline(projectPath, { by: account });
    const jobs = [{ name: "unit", stage: "test", status: "failed", log }];
    fixture.sandbox.finishPipeline(projectPath, id, { status: "failed", jobs });
    const project = await fixture.project();
    const facts = await fixture.connection.readPipeline(project, String(id), signal());
    const jobId = facts.failedJobs?.[0]?.id ?? "";
    fixture.sandbox.server.ledger.clear();
    return fixture.connection.readLogTail({ project, jobId, maxBytes }, signal());
  }

  it("is read without reading the whole", async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`);
    const text = await tail(`${lines.join("\n")}\n${end("step_script")}`, 1000);
    expect(text.endsWith("line 19999")).toBe(true);
    expect(Buffer.byteLength(text)).toBeGreaterThan(900);
    expect(fixture.sandbox.server.ledger.totals().bytes).toBeLessThan(4000);
  });

  it("is that of the failed step, whatever after_script wrote behind it", async () => {
    const after = Array.from({ length: 2000 }, (_, line) => `cleaning ${line}`).join("\n");
    const script = `${begin("step_script")}$ make\nmake: *** [all] Error 2\n${end("step_script")}`;
    const log = `${script}\n${begin("after_script")}${after}\n${end("after_script")}\nERROR: Job failed: exit code 1`;
    const text = await tail(log, 1000);
    expect(text).toContain("make: *** [all] Error 2");
    expect(text).not.toContain("cleaning");
  });

  it("is the whole of a short log, and empty for an empty one", async () => {
    expect(await tail("one\ntwo", 1000)).toBe("one\ntwo");
    expect(await tail("", 1000)).toBe("");
  });

  it("comes from the whole log where a running job's log ignores the range", async () => {
    const body = Array.from({ length: 500 }, (_, line) => `line ${line}`).join("\n");
    fixture.sandbox.server.faults.add(/trace/, {
      kind: "status",
      status: 200,
      headers: { "content-type": "text/plain" },
      body,
    });
    const text = await tail("other", 100);
    expect(text.endsWith("line 499")).toBe(true);
    expect(text).toMatch(/^line \d+\n/);
  });

  it("never splits a character of one long line", async () => {
    const text = await tail("ж".repeat(5000), 101);
    expect(text).toBe("ж".repeat(50));
  });

  it("is not a sign-in page", async () => {
    fixture.sandbox.server.faults.add(/trace/, { kind: "html" });
    await expect(tail("log", 100)).rejects.toMatchObject({ kind: "unreachable", code: "schema" });
  });
});
