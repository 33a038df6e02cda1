import { afterEach, beforeEach, expect, it } from "vitest";
import { ownerChat, pollRound, startSurroundings, type Surroundings } from "./harness.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(async () => {
  console.log(world.logged.join("\n"));
  await world.close();
});

it("smoke", async () => {
  let report = await pollRound(world);
  console.log(JSON.stringify(report));
  console.log(world.telegram.renderChat(4242));
  const { number } = world.github.openPullRequest("acme/api", {
    author: "ann",
    title: "Fix login <b>",
    body: "hello @mia",
    head: "fix-login",
  });
  world.github.requestReview("acme/api", number, { by: "ann", reviewer: "mia" });
  const mr = world.gitlab.openMergeRequest("platform/core", {
    author: "bob",
    title: "Speed up",
    description: "x",
    source: "fast",
  });
  world.gitlab.requestReview("platform/core", mr.iid, { by: "bob", reviewer: "mia" });
  const run = world.github.startRun("acme/api", {
    workflow: "CI",
    branch: "main",
    actor: "mia",
    event: "push",
    title: "Do it",
  });
  world.github.finishRun("acme/api", run.id, {
    conclusion: "failure",
    jobs: [{ name: "build", conclusion: "failure", step: "Run tests", log: "boom" }],
  });
  const pl = world.gitlab.startPipeline("platform/core", { ref: "main", by: "mia" });
  world.gitlab.finishPipeline("platform/core", pl.id, {
    status: "failed",
    jobs: [{ name: "unit", stage: "test", status: "failed", log: "boom" }],
  });
  world.github.editWiki("acme/api", { by: "ann", page: "Home", content: "hi" });
  world.gitlab.editWiki("platform/core", { by: "ann", slug: "home", content: "hi" });
  report = await pollRound(world);
  console.log(JSON.stringify(report));
  console.log(world.telegram.renderChat(4242));
  expect(ownerChat(world).length).toBeGreaterThan(3);
}, 60_000);
