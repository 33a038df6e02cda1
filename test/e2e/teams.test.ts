import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkGitHubExchanges } from "../support/github-openapi.js";
import { ownerChat, pollRound, startSurroundings, type Surroundings } from "./harness.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

const everything = { all: true };

describe("a review asked of a team", () => {
  it("reaches those who are in the team, and not the others", async () => {
    world.github.addTeam("acme/core", ["mia", "bob"]);
    world.github.addTeam("acme/docs", ["bob"]);
    const config = world.config("subscriptions: [{ to: owner }]\n");
    await pollRound(world, { ...everything, config });
    const mine = world.github.openPullRequest("acme/api", {
      author: "ann",
      title: "Asked of my team",
      head: "mine",
    });
    const other = world.github.openPullRequest("acme/api", {
      author: "ann",
      title: "Asked of another",
      head: "other",
    });
    world.github.requestReview("acme/api", mine.number, { by: "ann", reviewer: "acme/core" });
    world.github.requestReview("acme/api", other.number, { by: "ann", reviewer: "acme/docs" });
    await pollRound(world, { ...everything, config });
    const texts = ownerChat(world).map((message) => message.text);
    expect(texts.filter((text) => text.includes("Asked of my team"))).toHaveLength(1);
    expect(texts.filter((text) => text.includes("Asked of another"))).toEqual([]);
    expect(checkGitHubExchanges(world.github.server.ledger.entries)).toEqual([]);
  });
});
