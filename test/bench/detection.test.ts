import { expect, it } from "vitest";
import { countUntold, matchStored, type Happening, type SeenEvent } from "../../bench/detection.mjs";

const about = { repository: "acme/api", kind: "comment.created", subject: "7" };
const made = (at: number, changes: Partial<Happening> = {}): Happening => ({ ...about, at, ...changes });
const seen = (seenAt: number, changes: Partial<SeenEvent> = {}): SeenEvent => ({
  ...about,
  seenAt,
  ...changes,
});

it("finds every happening that has an event of its own, and how late it came", () => {
  const found = matchStored([made(1000), made(2000)], [seen(11_000), seen(12_000)]);
  expect(found).toMatchObject({ made: 2, lost: [], twice: [], delays: { p50: 10 } });
});

it("calls a happening lost when fewer events than happenings are there", () => {
  expect(matchStored([made(1000), made(2000)], [seen(11_000)]).lost).toEqual([made(2000)]);
  expect(matchStored([made(1000)], [seen(11_000, { repository: "acme/web" })]).lost).toHaveLength(1);
  expect(matchStored([made(1000)], [seen(11_000, { kind: "review.approved" })]).lost).toHaveLength(1);
});

it("does not take an event from before for the happening", () => {
  expect(matchStored([made(1000)], [seen(900)]).lost).toHaveLength(1);
});

it("calls an event without a happening told twice", () => {
  expect(matchStored([made(1000)], [seen(2000), seen(3000)]).twice).toEqual([seen(3000)]);
});

it("takes a success that repairs for the success that it is", () => {
  const run = { kind: "pipeline.succeeded", subject: "900" };
  const found = matchStored([made(1000, run)], [seen(2000, { ...run, kind: "pipeline.fixed" })]);
  expect(found).toMatchObject({ lost: [], twice: [] });
});

it("lets one event of documentation stand for the commits that it holds", () => {
  const docs = { kind: "docs.changed" };
  const found = matchStored(
    [made(1000, { ...docs, subject: "" }), made(1500, { ...docs, subject: "" })],
    [seen(2000, { ...docs, subject: "feed" })],
  );
  expect(found.lost).toEqual([]);
});

it("counts for the baseline anything about the subject that is not older than what happened", () => {
  const at = Date.UTC(2026, 9, 1, 9, 0, 30);
  const item = { repository: "acme/api", what: "pull", id: 7 };
  expect(countUntold([made(at)], [{ ...item, at: "2026-10-01T09:00:30Z" }])).toBe(0);
  expect(countUntold([made(at)], [{ ...item, at: "2026-10-01T09:00:29Z" }])).toBe(1);
  expect(countUntold([made(at)], [{ ...item, id: 8, at: "2026-10-01T09:00:30Z" }])).toBe(1);
});
