import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toPlainLog } from "../../../src/platforms/gitlab/log-tail.js";
import { account, projectPath, startFixture, type GitLabFixture } from "./gitlab-world.js";
import { signal } from "./poller.js";

describe("a log as plain text", () => {
  it("has no colours, section marks or time stamps", () => {
    const raw = [
      "section_start:1700000000:prepare[collapsed=true]\r\u001b[0K\u001b[36;1mPreparing\u001b[0;m",
      "section_end:1700000001:prepare\r\u001b[0K",
      "2024-05-22T12:43:46.962646Z 01O \u001b[31mred\u001b[0m",
      "2024-05-22T12:43:46.962646Z 01E+ and on",
      "10%\r50%\r100%",
    ].join("\n");
    expect(toPlainLog(raw)).toBe(["Preparing", "", "red and on", "100%"].join("\n"));
  });

  it("keeps what a person wrote, also in other scripts", () => {
    expect(toPlainLog("ошибка: [31m не цвет\r\n✓ ok")).toBe("ошибка: [31m не цвет\n✓ ok");
  });
});

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
    const log = Array.from({ length: 20_000 }, (_, line) => `line ${line}`).join("\n");
    const text = await tail(log, 1000);
    expect(text.endsWith("line 19999")).toBe(true);
    expect(Buffer.byteLength(text)).toBeGreaterThan(900);
    expect(fixture.sandbox.server.ledger.totals().bytes).toBeLessThan(4000);
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
