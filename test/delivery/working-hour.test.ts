import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Happening } from "../../src/domain/facts/index.js";
import type { Person } from "../../src/domain/person.js";
import { aComment, ann, aPerson, bob, renovate } from "../support/builders.js";
import { createWorkingHour, type WorkingHour } from "./working-hour.js";

const [carol, dave, erin, frank, grace, heidi] = ["carol", "dave", "erin", "frank", "grace", "heidi"].map(
  (login) => aPerson(login, { name: login.replace(/^./, (first) => first.toUpperCase()) }),
) as [Person, Person, Person, Person, Person, Person];
const coverage = aPerson("coverage[bot]");

let hour: WorkingHour;
/** What stood in Bob's chat when a minute was over, by its number. */
const seen = new Map<number, string>();

let comments = 0;
function says(actor: Person, body: string, more: object = {}): Happening {
  comments += 1;
  const id = `comment:${comments}`;
  return aComment({
    id,
    actor,
    body,
    at: hour.now(),
    url: `https://github.com/acme/api/c/${comments}`,
    ...more,
  });
}

function reviews(actor: Person, what: "approved" | "changes_requested" | "reviewed", body = ""): Happening {
  comments += 1;
  const url = `https://github.com/acme/api/r/${comments}`;
  return { id: `review:${comments}`, what, actor, body, at: hour.now(), url };
}

const asks = (id: string, by: Person) => [{ person: bob, by, requestId: id, at: hour.now() }];
const failed = { status: "failed" as const };
const passed = { status: "success" as const };

/** Eight colleagues, nine pull requests of which three are drafts, a main that breaks twice, and two bots. */
async function playTheHour(): Promise<void> {
  const play = async (...[minute, what, rings, facts]: Parameters<typeof one>) => {
    await one(minute, what, rings, facts);
    seen.set(
      minute,
      hour
        .chat("bob")
        .map(({ text }) => text)
        .join("\n\n"),
    );
  };
  const one = (
    minute: number,
    what: string,
    rings: ReadonlyArray<"bob" | "group">,
    facts: () => Parameters<WorkingHour["play"]>[1] extends () => infer F ? F : never,
  ) => hour.play({ minute, what, rings }, facts);
  const { request, run } = hour;
  const toDraft = (number: number) => ({
    trigger: "pull_request",
    mergeRequest: { number, url: `u${number}` },
  });

  await play(1, "Ann opens #12 and asks Bob", ["bob"], () => [
    request(12, { title: "Rate limits", author: ann, head: "limits", reviewRequests: asks("r1", ann) }),
  ]);
  await play(2, "main breaks", ["bob", "group"], () => [run(1, { ...failed, actor: dave })]);
  await play(3, "Dave's draft fails", [], () => [
    request(14, { title: "Try sockets", author: dave, head: "sockets", draft: true }),
    run(2, { ...failed, actor: dave, branch: "sockets", ...toDraft(14) }),
  ]);
  await play(4, "small talk on #12", [], () => [
    request(12, { happenings: [says(carol, "Nice idea"), says(erin, "Indeed")] }),
  ]);
  await play(6, "Renovate", [], () => [
    request(16, { title: "Update vitest", author: renovate, head: "renovate/vitest" }),
    run(3, { ...failed, actor: renovate, branch: "renovate/vitest" }),
  ]);
  await play(8, "main, which is broken, fails again", [], () => [run(4, { ...failed, actor: erin })]);
  await play(9, "Carol's draft fails", [], () => [
    request(13, { title: "Split the store", author: carol, head: "split", draft: true }),
    run(5, { ...failed, actor: carol, branch: "split", ...toDraft(13) }),
  ]);
  await play(10, "Erin's draft fails", [], () => [
    request(15, { title: "Dark mode", author: erin, head: "dark", draft: true }),
    run(6, { ...failed, actor: erin, branch: "dark", ...toDraft(15) }),
  ]);
  await play(12, "Bob opens #20", [], () => [
    request(20, { title: "Fix login", author: bob, head: "login", checks: { state: "running", running: 9 } }),
  ]);
  await play(14, "Bob's run fails", ["bob"], () => [run(7, { ...failed, actor: bob, branch: "login" })]);
  await play(15, "Frank mentions Bob on #17", ["bob"], () => [
    request(17, { title: "Cache tokens", author: frank, head: "cache" }),
    request(17, { happenings: [says(frank, "@bob, any idea why?")] }),
  ]);
  for (const [minute, who] of [
    [16, carol],
    [17, dave],
    [18, erin],
    [19, grace],
  ] as const)
    await play(minute, "small talk on #17", [], () => [request(17, { happenings: [says(who, "Me too")] })]);
  await play(20, "main is fixed", [], () => [run(8, { ...passed, actor: dave })]);
  await play(22, "Ann asks for changes on #20, with eight remarks", ["bob"], () => {
    const review = reviews(ann, "changes_requested", "Please look at the remarks");
    const remarks = Array.from({ length: 8 }, (_, n) =>
      says(ann, `remark ${n + 1}`, { reviewId: review.id, path: `src/${n}.ts` }),
    );
    return [request(20, { happenings: [review, ...remarks] })];
  });
  await play(24, "Grace comments on Bob's #20", ["bob"], () => [
    request(20, { happenings: [says(grace, "Good find")] }),
  ]);
  await play(26, "Bob pushes", [], () => [
    request(20, { headSha: "99887766aa" }),
    run(9, { ...passed, actor: bob, branch: "login", sha: "99887766aa" }),
  ]);
  await play(28, "Ann approves #20", ["bob"], () => [
    request(20, { happenings: [reviews(ann, "approved")], approvedBy: [ann] }),
  ]);
  await play(29, "A bot reports coverage", [], () => [
    request(20, { happenings: [says(coverage, "Coverage 91 %")] }),
  ]);
  await play(30, "Bob approves #12", [], () => [
    request(12, { happenings: [reviews(bob, "approved")], reviewRequests: [], approvedBy: [bob] }),
  ]);
  await play(32, "Ann pushes and asks Bob again", ["bob"], () => [
    request(12, { headSha: "1212ffaa", reviewRequests: asks("r2", ann), approvedBy: [] }),
  ]);
  await play(34, "Heidi assigns Bob to #19", ["bob"], () => [
    request(19, { title: "Release 2", author: heidi, head: "release" }),
    request(19, { assignments: [{ person: bob, by: heidi, at: hour.now() }] }),
  ]);
  await play(36, "main breaks anew", ["bob", "group"], () => [run(10, { ...failed, actor: frank })]);
  await play(37, "its second attempt fails", [], () => [run(10, { ...failed, actor: frank, attempt: 2 })]);
  await play(40, "main is fixed", [], () => [run(11, { ...passed, actor: frank })]);
  await play(42, "#21 of Bob's has a conflict", ["bob"], () => [
    request(21, { title: "Drop Node 18", author: bob, head: "node" }),
    request(21, { conflict: true }),
  ]);
  await play(44, "the conflict is resolved", [], () => [request(21, { conflict: false })]);
  await play(46, "Carol's draft is ready and asks Bob", ["bob"], () => [
    request(13, { draft: false, reviewRequests: asks("r3", carol) }),
  ]);
  for (const [minute, who] of [
    [47, dave],
    [48, erin],
    [49, frank],
    [50, grace],
    [51, heidi],
  ] as const)
    await play(minute, "small talk on #13", [], () => [request(13, { happenings: [says(who, "Fine")] })]);
  await play(52, "Frank merges #17", [], () => [request(17, { state: "merged", endedBy: frank })]);
  await play(54, "a fork's main fails", [], () => [
    run(12, { ...failed, actor: aPerson("mallory"), fork: "mallory/api", workflow: "Fork CI" }),
  ]);
  for (const [minute, passedChecks] of [
    [55, 1],
    [56, 4],
    [57, 7],
    [58, 8],
  ] as const)
    await play(minute, "checks of #12 move on", [], () => [
      request(12, { checks: { state: "running", passed: passedChecks, running: 9 - passedChecks } }),
    ]);
  await play(59, "checks of #12 pass", [], () => [
    request(12, { checks: { state: "success", passed: 9, failed: 0, running: 0 } }),
  ]);
  await play(60, "Bob merges #20", [], () => [request(20, { state: "merged", endedBy: bob })]);
}

beforeAll(async () => {
  hour = await createWorkingHour();
  await playTheHour();
  const figures = { bob: hour.figures("bob"), group: hour.figures("group") };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
});

afterAll(() => hour.close());

describe("a working hour of eight colleagues", () => {
  it("makes no sound that asks nobody to act", () => {
    expect(hour.useless).toEqual([]);
  });

  it("rings once for each thing that is Bob's to act on", () => {
    const rung = hour.heard.filter((line) => line.endsWith("bob")).map((line) => Number(line.split(" ")[0]));
    expect(rung).toEqual([1, 2, 14, 15, 22, 24, 28, 32, 34, 36, 42, 46]);
  });

  it.each([
    [4, "👀 Ann requested your review"],
    [19, "📣 Frank mentioned you"],
    [22, "✋ Ann requested changes"],
    [22, "5 more remarks"],
    [24, "✋ Ann requested changes"],
    [24, "💬 Grace commented"],
    [34, "📌 Heidi assigned this to you"],
    [42, "⚠️ Conflicts with its target branch"],
    [52, "📣 Frank mentioned you"],
    [51, "👀 Carol requested your review"],
    [60, "👀 Ann requested your review"],
  ])("shows at minute %i, whatever was said since: %s", (minute, words) => {
    expect(seen.get(minute)).toContain(words);
  });

  it.each([
    [30, "Ann requested your review"],
    [26, "Ann requested changes · show"],
    [44, "onflict"],
    [60, "⏳"],
  ])("shows no more at minute %i what is done with: %s", (minute, words) => {
    expect(seen.get(minute)).not.toContain(words);
  });

  it("edits a card for its checks only when they end", () => {
    const edits = hour.channel.shown.filter(
      ({ what, text, destination }) => what === "edit" && destination.chat === "1" && text.includes("#12 "),
    );
    expect(edits.filter(({ text }) => text.includes("checks")).length).toBe(2);
  });

  it("leaves no stubs and no title twice", () => {
    expect(hour.figures("bob")).toMatchObject({ stubs: 0, mostTitles: 1 });
  });
});
