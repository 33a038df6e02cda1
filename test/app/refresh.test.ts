import { expect, it } from "vitest";
import { createRefresh } from "../../src/app/refresh.js";
import { Failure } from "../../src/domain/failure.js";
import { listEvents } from "../../src/store/events.js";
import { aComment, at, mergeRequestFacts, pipelineFacts } from "../support/builders.js";
import { withProject } from "../support/fake-platform.js";
import { createPollingWorld } from "../polling/polling-world.js";

const signal = new AbortController().signal;
const mergeRequest = { connectionId: "forge", projectId: "7", type: "merge_request" as const, id: "12" };

it("tells at once what an action changed, and the next poll does not tell it again", async () => {
  const world = await createPollingWorld();
  await world.poll({ facts: withProject(world.project, mergeRequestFacts()) });
  const merged = mergeRequestFacts({ state: "merged", updatedAt: at(9), endedAt: at(9), revision: "2" });
  world.forge.readable.set("12", merged);
  await createRefresh(world.dependencies)(mergeRequest, signal);
  const kinds = async () => (await listEvents(world.opened.db, { limit: 9 })).map(({ event }) => event.kind);
  expect(await kinds()).toEqual(["merge_request.merged"]);
  await world.poll({ facts: withProject(world.project, merged) });
  expect(await kinds()).toEqual(["merge_request.merged"]);
});

it("leaves what people wrote meanwhile to the poll", async () => {
  const world = await createPollingWorld();
  await world.poll({ facts: withProject(world.project, mergeRequestFacts()) });
  const commented = mergeRequestFacts({ happenings: [aComment()], updatedAt: at(5), revision: "2" });
  world.forge.readable.set("12", commented);
  await createRefresh(world.dependencies)(mergeRequest, signal);
  expect(await listEvents(world.opened.db, { limit: 9 })).toEqual([]);
  expect(await world.poll({ facts: withProject(world.project, commented) })).toMatchObject({ events: 1 });
});

it("is silent about what was never seen, and about subjects that cannot be read by themselves", async () => {
  const world = await createPollingWorld();
  world.forge.readable.set("900", pipelineFacts({ status: "failed" }));
  const refresh = createRefresh(world.dependencies);
  await refresh({ ...mergeRequest, type: "pipeline", id: "900" }, signal);
  await refresh({ ...mergeRequest, type: "wiki_page", id: "Setup" }, signal);
  await refresh({ ...mergeRequest, connectionId: "gone" }, signal);
  expect(await listEvents(world.opened.db, { limit: 9 })).toEqual([]);
});

it("rejects with what the platform says, and changes nothing", async () => {
  const world = await createPollingWorld();
  world.forge.trouble = new Failure("unreachable", { message: "No answer." });
  await expect(createRefresh(world.dependencies)(mergeRequest, signal)).rejects.toThrow("No answer.");
});
