import { expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { findRepliedSubject, findTarget, toSubject } from "../../src/operations/find-target.js";
import { rememberMessage } from "../../src/store/cards.js";
import { createBotWorld } from "../bot/bot-world.js";

const signal = new AbortController().signal;

it.each([
  ["acme/api", null],
  ["forge:acme/api", null],
  ["ACME/api#12", "merge_request 12"],
  ["forge:acme/api#12", "merge_request 12"],
  ["acme/api@991", "pipeline 991"],
  ["https://forge.example/acme/api/changes/12", "merge_request 12"],
])("%s is found", async (text, subject) => {
  const world = await createBotWorld();
  const found = await findTarget(world.operations, text, signal);
  expect(found.project.id).toBe("7");
  expect(found.subject === null ? null : `${found.subject.type} ${found.subject.id}`).toBe(subject);
});

it.each([
  ["what is this", "unreadable_target", "does not name"],
  ["acme", "unreadable_target", "does not name"],
  // The forge of this test counts its merge requests with another sign.
  ["acme/api!12", "unknown_connection", "fits none"],
  ["work:acme/api", "unknown_connection", "fits none of the connections: forge."],
  ["acme/nothing", undefined, "is not on this forge"],
])("%s is refused with a sentence for people", async (text, code, message) => {
  const world = await createBotWorld();
  const error: unknown = await findTarget(world.operations, text, signal).catch(
    (problem: unknown) => problem,
  );
  if (!(error instanceof Failure)) throw new Error("It was found, or failed otherwise.");
  expect([error.code, error.message.includes(message)]).toEqual([code, true]);
});

it("knows what a message of ours was about, also a wiki page with slashes in its name", async () => {
  const world = await createBotWorld();
  const { db } = world.opened;
  await rememberMessage(db, { chat: "500", messageId: "9", subject: "forge/7/wiki_page/guide/setup" });
  const found = await findRepliedSubject(world.operations, { chat: "500", messageId: "9" });
  expect(found?.subject).toEqual({
    connectionId: "forge",
    projectId: "7",
    type: "wiki_page",
    id: "guide/setup",
  });
  expect(await findRepliedSubject(world.operations, { chat: "501", messageId: "9" })).toBeNull();
  expect(toSubject("forge/7/merge_request/12").id).toBe("12");
});
