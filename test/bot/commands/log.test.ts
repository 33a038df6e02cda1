import { expect, it } from "vitest";
import { pipelineFacts } from "../../support/builders.js";
import { createBotWorld } from "../bot-world.js";

const job = (id: string, name: string) => ({
  id,
  name,
  step: "Run tests",
  url: `https://forge.example/jobs/${id}`,
});

it("shows the end of the failed step of one job, names the others, and shows theirs at a press", async () => {
  const world = await createBotWorld();
  world.forge.log = ({ jobId, step }) => `end of ${step} in ${jobId}`;
  const failedJobs = [job("1", "unit"), job("2", "integration")];
  world.forge.readable.set("900", pipelineFacts({ id: "900", status: "failed", failedJobs }));
  await world.write("/log acme/api@900");
  expect(world.said.at(-1)).toBe(
    "acme/api@900 · unit · Run tests\nAnother job failed too: integration · Run tests\nend of Run tests in 1",
  );
  await world.press(world.button("Log of integration · Run tests"));
  expect(world.said.at(-1)).toContain("end of Run tests in 2");
});

it("says that a log is empty", async () => {
  const world = await createBotWorld();
  world.forge.log = () => " \n";
  world.forge.readable.set(
    "900",
    pipelineFacts({ id: "900", status: "failed", failedJobs: [job("1", "unit")] }),
  );
  await world.write("/log acme/api@900");
  expect(world.said.at(-1)).toContain("Its log is empty.");
});
