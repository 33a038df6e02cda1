import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage, type Stage, word } from "./gitlab-client.js";

let on: Stage;
let id: number;
let one: string;
beforeEach(async () => {
  on = await stage();
  const jobs = [
    { name: "build", stage: "build" },
    { name: "test", stage: "test" },
  ];
  const start = { by: "bob", ref: "main", name: "Nightly", commitTitle: "Fix it", jobs };
  id = on.sandbox.startPipeline("acme/api", start).id;
  one = `${on.project}/pipelines/${id}`;
});
afterEach(() => on.sandbox.close());

function fail(): void {
  on.clock.now += 90_000;
  on.sandbox.finishPipeline("acme/api", id, {
    status: "failed",
    jobs: [
      { name: "build", status: "success" },
      { name: "test", status: "failed", log: "line one\nboom\n" },
    ],
  });
}

const jobs = async (query = "") =>
  (await on.ann.get(`${one}/jobs${query}`)).rows.map((job) => [job["name"], job["status"], job["id"]]);

describe("pipelines", () => {
  it("run until they are finished, with duration, starter and name", async () => {
    expect((await on.ann.get(one)).json).toMatchObject({ status: "running", finished_at: null });
    fail();
    expect((await on.ann.get(one)).json).toMatchObject({
      status: "failed",
      name: "Nightly",
      user: { username: "bob" },
      started_at: "2026-11-02T10:00:01.000Z",
      finished_at: "2026-11-02T10:01:31.000Z",
      duration: 90,
    });
    const [job] = (await on.ann.get(`${one}/jobs`)).rows;
    expect(job?.["commit"]).toMatchObject({ title: "Fix it" });
  });

  it("keep their id when retried, and run the failed jobs as new ones until finished again", async () => {
    fail();
    const before = await jobs();
    on.clock.now += 1000;
    const answer = await on.ann.post(`${one}/retry`);
    expect([answer.status, answer.json["id"], answer.json["status"]]).toEqual([201, id, "running"]);
    expect(answer.json["updated_at"]).toBe("2026-11-02T10:01:32.000Z");
    const after = await jobs();
    expect(after.map(([name, status]) => [name, status])).toEqual([
      ["test", "running"],
      ["build", "success"],
    ]);
    expect(after[0]?.[2]).not.toBe(before[0]?.[2]);
    expect(await jobs("?include_retried=true")).toHaveLength(3);
    expect(await jobs("?scope[]=failed")).toEqual([]);
    on.sandbox.finishPipeline("acme/api", id, {
      status: "success",
      jobs: [{ name: "test", status: "success" }],
    });
    expect((await jobs("?include_retried=true")).map(([, status]) => status)).toEqual([
      "success",
      "failed",
      "success",
    ]);
  });

  it("answer 200 to a cancel whatever the state, and only stop what runs", async () => {
    expect((await on.ann.post(`${one}/cancel`)).json["status"]).toBe("canceled");
    expect(await jobs()).toEqual([
      ["test", "canceled", expect.any(Number)],
      ["build", "canceled", expect.any(Number)],
    ]);
    expect((await on.ann.post(`${one}/cancel`)).status).toBe(200);
  });

  it("do nothing when there is nothing to retry", async () => {
    on.sandbox.finishPipeline("acme/api", id, { status: "success" });
    const answer = await on.ann.post(`${one}/retry`);
    expect([answer.status, answer.json["status"]]).toEqual([201, "success"]);
  });

  it("are not for strangers to start or stop", async () => {
    expect((await on.eve.post(`${one}/retry`)).status).toBe(403);
    expect((await on.eve.post(`${one}/cancel`)).status).toBe(403);
  });

  it("leave children out of the list, and answer 403 for the latest of a branch without any", async () => {
    const child = on.sandbox.startPipeline("acme/api", { by: "bob", parent: id });
    const ids = async (query: string) =>
      (await on.ann.get(`${on.project}/pipelines${query}`)).rows.map((row) => row["id"]);
    expect(await ids("")).toEqual([id]);
    expect(await ids("?source=parent_pipeline")).toEqual([child.id]);
    expect((await on.ann.get(`${on.project}/pipelines/latest?ref=none`)).status).toBe(403);
  });

  it("order by updated_at when asked, newest first", async () => {
    on.clock.now += 1000;
    const later = on.sandbox.startPipeline("acme/api", { by: "ann", ref: "main" });
    on.clock.now += 1000;
    fail();
    const { rows } = await on.ann.get(`${on.project}/pipelines?order_by=updated_at&sort=desc`);
    expect(rows.map((row) => row["id"])).toEqual([id, later.id]);
  });
});

describe("job logs", () => {
  const trace = async (range?: string) => {
    const [job] = (await on.ann.get(`${one}/jobs?scope[]=failed&scope[]=running`)).rows;
    const headers = range === undefined ? undefined : { range };
    return on.ann.get(`${on.project}/jobs/${word(job?.["id"])}/trace`, headers);
  };

  it("are plain text, with ranges but not suffixes once the job has ended", async () => {
    expect((await trace("bytes=0-3")).status).toBe(200);
    fail();
    expect(await trace()).toMatchObject({ status: 200, text: "line one\nboom\n" });
    expect((await trace()).headers.get("content-type")).toContain("text/plain");
    expect(await trace("bytes=9-12")).toMatchObject({ status: 206, text: "boom" });
    expect(await trace("bytes=9-")).toMatchObject({ status: 206, text: "boom\n" });
    expect((await trace("bytes=-5")).status).toBe(400);
    expect((await trace("bytes=500-")).status).toBe(416);
  });

  it("are empty for a manual job that never ran", async () => {
    const jobs = [{ name: "deploy", status: "manual", log: "" }];
    on.sandbox.finishPipeline("acme/api", id, { status: "manual", jobs });
    const [job] = (await on.ann.get(`${one}/jobs?scope[]=manual`)).rows;
    expect(job).toMatchObject({ name: "deploy", started_at: null, finished_at: null });
    expect(await on.ann.get(`${on.project}/jobs/${word(job?.["id"])}/trace`)).toMatchObject({
      status: 200,
      text: "",
    });
  });

  it("belong to a job that can be retried by itself, once", async () => {
    fail();
    const [job] = (await on.ann.get(`${one}/jobs?scope[]=failed`)).rows;
    const path = `${on.project}/jobs/${word(job?.["id"])}/retry`;
    const answer = await on.ann.post(path);
    expect(answer.status).toBe(201);
    expect(answer.json["id"]).not.toBe(job?.["id"]);
    expect((await on.ann.get(one)).json["status"]).toBe("running");
    expect((await on.ann.post(path)).status).toBe(403);
  });
});
