import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "../../../src/domain/action.js";
import { checkGitHubExchanges } from "../../support/github-openapi.js";
import { failureOf, signal } from "../../contracts/platform-world.js";
import { repo, startGitHubWorld, type GitHubWorld } from "./github-world.js";

describe("acting on GitHub", () => {
  let world: GitHubWorld;
  beforeEach(async () => {
    world = await startGitHubWorld();
  });
  afterEach(() => world.close());

  async function target(verb: "approve" | "merge", author: string, on = repo): Promise<Action> {
    const project = await world.connection.findProject(on, signal());
    const { number, sha } = world.sandbox.openPullRequest(on, { author, title: "Topic", head: "topic" });
    return { verb, projectPath: project.path, projectId: project.id, number, sha };
  }

  it("says why nobody approves their own pull request", async () => {
    const failure = await failureOf(world.connection.act(await target("approve", "ann"), signal()));
    expect(failure).toMatchObject({ kind: "forbidden", code: "own_merge_request" });
  });

  it("does nothing to the repository that took over the name", async () => {
    const action = await target("merge", "bob");
    world.sandbox.renameRepository(repo, "acme/core");
    world.sandbox.addRepository(repo, { members: ["ann", "bob"] });
    const stranger = await target("merge", "bob");
    const before = world.writes();
    const failure = await failureOf(
      world.connection.act({ ...stranger, projectId: action.projectId }, signal()),
    );
    expect(failure).toMatchObject({ kind: "gone", code: "identity" });
    expect(world.writes()).toBe(before);
  });

  it("acts under the new name when the repository was renamed", async () => {
    const action = await target("merge", "bob");
    world.sandbox.renameRepository(repo, "acme/core");
    expect((await world.connection.act(action, signal())).outcome).toBe("done");
    expect(world.sandbox.server.ledger.count(/PUT \/api\/v3\/repos\/acme\/core\//)).toBe(1);
  });

  it("merges in a way that the repository allows", async () => {
    world.sandbox.addRepository("acme/squash", { members: ["ann", "bob"], mergeMethods: ["squash"] });
    world.sandbox.commitFiles("acme/squash", { by: "bob", message: "Start", files: { a: "a" } });
    const result = await world.connection.act(await target("merge", "bob", "acme/squash"), signal());
    expect(result).toMatchObject({ outcome: "done" });
    expect(result.note).toContain("squash");
    expect(checkGitHubExchanges(world.sandbox.server.ledger.entries)).toEqual([]);
  });

  it("passes on why a pull request cannot be merged", async () => {
    const action = await target("merge", "bob");
    if (action.verb !== "merge") return;
    world.sandbox.setMergeable(repo, action.number, "CONFLICTING");
    const failure = await failureOf(world.connection.act(action, signal()));
    expect(failure).toMatchObject({ kind: "conflict", code: "not_mergeable", status: 405 });
  });

  it("takes a login page for no confirmation", async () => {
    const action = await target("approve", "bob");
    world.sandbox.server.faults.add(/^POST .*reviews/, { kind: "html" });
    expect((await failureOf(world.connection.act(action, signal()))).kind).toBe("ambiguous");
  });

  it("names the missing permission of a fine-grained token", async () => {
    world.sandbox.addToken("github_pat_y", {
      login: "ann",
      kind: "fine-grained",
      permissions: { pull_requests: "read", metadata: "read" },
    });
    const action = await target("approve", "bob");
    const failure = await failureOf(world.connect({ token: "github_pat_y" }).act(action, signal()));
    expect(failure.kind).toBe("forbidden");
  });
});
