import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyAudit, listAudit } from "../../src/store/audit.js";
import { saveMember } from "../../src/store/members.js";
import {
  eventually,
  owner,
  ownerChat,
  pollRound,
  type Running,
  startDaemon,
  startSurroundings,
  type Surroundings,
} from "./harness.js";

const group = -1001;
const stranger = 999;
const member = 555;
const project = "platform/core";

let world: Surroundings;
let daemon: Running;
beforeEach(async () => {
  world = await startSurroundings();
  const { telegram } = world;
  telegram.addUser({ id: stranger, firstName: "Eve" });
  telegram.privateChat(stranger);
  telegram.addUser({ id: member, firstName: "Max" });
  telegram.privateChat(member);
  telegram.addGroup({ id: group, title: "Team", members: [owner, stranger, member] });
  await pollRound(world, { config: config() });
  daemon = await startDaemon(world, config());
  await saveMember(daemon.app.options.db, { id: String(member), role: "member", name: "Max" }, 1);
});
afterEach(async () => {
  await daemon.stop();
  await world.close();
});

const config = () =>
  world.config(`subscriptions:
  - { to: owner, projects: ["work:platform/core"], events: [reviews, mentions] }
  - { to: { chat: ${group} }, projects: ["work:platform/core"], events: [merge_requests, pipelines] }
`);

/** Requests that change something. */
const writes = () =>
  [world.gitlab.server, world.github.server].flatMap((server) =>
    server.ledger.entries.filter(
      ({ exchange }) => exchange.method !== "GET" && !exchange.path.endsWith("/graphql"),
    ),
  );
const inGroup = () =>
  world.telegram.chat(group).filter((message) => message.from === "bot" && !message.deleted);
const answers = () => world.telegram.answers.map((answer) => answer.text ?? "");
const audit = () => listAudit(daemon.app.options.db, 100);

async function openOne(title: string) {
  const opened = world.gitlab.openMergeRequest(project, {
    author: "bob",
    title,
    source: title.replaceAll(" ", "-"),
  });
  const card = await eventually(() => inGroup().findLast((message) => message.text.includes(title)));
  return { ...opened, card };
}

async function askOwner(title: string) {
  const opened = world.gitlab.openMergeRequest(project, {
    author: "bob",
    title,
    source: title.replaceAll(" ", "-"),
  });
  world.gitlab.requestReview(project, opened.iid, { by: "bob", reviewer: "mia" });
  const card = await eventually(() => ownerChat(world).findLast((message) => message.text.includes(title)));
  return { ...opened, card };
}

/** Everything that came in has been handled: nothing waits on either side, and that stays so for a moment. */
async function settled(): Promise<void> {
  let quiet = 0;
  await eventually(async () => {
    const pending = await daemon.app.options.db
      .selectFrom("updates")
      .select("state")
      .where("state", "=", "pending")
      .execute();
    quiet = world.telegram.queue.waiting().length === 0 && pending.length === 0 ? quiet + 1 : 0;
    return quiet >= 6;
  });
}

describe("strangers", () => {
  it("get one line in private, nothing in groups, and no request reaches a platform for 100 updates", async () => {
    await settled();
    const github = world.github.server.ledger.count(/search|user$/);
    const commands = ["/start", "/start guess", "/mrs platform/core", "/subscribe work:platform/core", "/merge platform/core!1",
      "/status", "/me", "hello", "/help", "/log acme/api@1", "/unknown", "/subscriptions", "/start@gitnotify_sandbox_bot x"]; // prettier-ignore
    for (let index = 0; index < 100; index += 1) {
      const text = commands[index % commands.length] ?? "";
      world.telegram.say({ userId: stranger, chatId: index % 3 === 0 ? group : stranger, text });
    }
    await settled();
    const heard = world.telegram.chat(stranger).filter((message) => message.from === "bot");
    expect(heard.map((message) => message.text)).toEqual([expect.stringContaining("cannot help you")]);
    expect(heard[0]?.text).not.toMatch(/mia|platform|acme/i);
    expect(inGroup().filter((message) => !message.text.includes("watching"))).toEqual([]);
    expect(world.github.server.ledger.count(/search|user$/)).toBe(github);
    expect(writes()).toEqual([]);
  });

  it("press every kind of button on a group's card in vain, and the audit knows", async () => {
    const { id } = world.gitlab.startPipeline(project, { ref: "main", by: "bob" });
    world.gitlab.finishPipeline(project, id, {
      status: "failed",
      jobs: [{ name: "unit", stage: "test", status: "failed", log: "secret log\nError: expected 1 to be 2" }],
    });
    const { card } = await openOne("Some work");
    const failed = await eventually(() => inGroup().find((message) => message.text.includes("failed")));
    const press = (messageId: number, button: string) =>
      world.telegram.press({ userId: stranger, chatId: group, messageId, button });
    for (const button of ["Approve", "Merge"]) press(card.messageId, button);
    for (const button of ["Retry", "Retry failed", "Log"]) press(failed.messageId, button);
    await eventually(() => world.telegram.answers.length >= 5);
    await settled();
    expect(answers().every((text) => text.includes("not allowed to do this"))).toBe(true);
    expect(writes()).toEqual([]);
    expect(inGroup().some((message) => message.text.includes("secret log"))).toBe(false);
    const refused = (await audit()).filter(
      (entry) => entry.result === "refused" && entry.person === String(stranger),
    );
    expect(refused.map((entry) => entry.action).sort()).toEqual([
      "approve",
      "log",
      "merge",
      "retry",
      "retry_failed",
    ]);
    expect(await verifyAudit(daemon.app.options.db)).toBeNull();
  });
});

describe("a member without an account", () => {
  it("is told so and nothing is done in the owner's name", async () => {
    const { card } = await openOne("Some work");
    world.telegram.press({ userId: member, chatId: group, messageId: card.messageId, button: "Approve" });
    await eventually(() => answers().some((text) => text.includes("no linked account on work")));
    world.telegram.say({ userId: member, chatId: member, text: "/merge platform/core!1" });
    const question = await eventually(() =>
      world.telegram.chat(member).find((message) => message.text.includes("Merge this?")),
    );
    world.telegram.press({
      userId: member,
      chatId: member,
      messageId: question.messageId,
      button: "Yes, merge",
    });
    await eventually(() =>
      world.telegram.chat(member).find((message) => message.text.includes("no linked account on work")),
    );
    expect(writes()).toEqual([]);
  });
});

describe("buttons", () => {
  it("that are forged, changed by a bit, or from another chat do nothing", async () => {
    const { card } = await askOwner("Real work");
    const data = card.keyboard.flat().find((button) => button.text === "Approve")?.callback_data ?? "";
    const flipped = Array.from({ length: 30 }, (_, index) => {
      const at = index % data.length;
      return (
        data.slice(0, at) + String.fromCharCode(data.charCodeAt(at) ^ (1 << (index % 5))) + data.slice(at + 1)
      );
    });
    const forged = [
      ...flipped,
      "",
      "approve",
      "{}",
      "act:approve:1",
      "' or 1=1 --",
      "x".repeat(64),
      data.slice(0, -1),
    ];
    const sent = forged.filter((text) => text !== data && text !== "");
    for (const button of sent)
      world.telegram.press({ userId: owner, chatId: owner, messageId: card.messageId, button, forged: true });
    world.telegram.press({
      userId: owner,
      chatId: group,
      messageId: inGroup()[0]?.messageId ?? 0,
      button: data,
      forged: true,
    });
    await eventually(() => world.telegram.answers.length >= sent.length + 1);
    expect(new Set(answers())).toEqual(new Set([expect.stringContaining("has expired")]));
    expect(writes()).toEqual([]);
  });

  it("are carried out once when pressed 50 times and when the press is sent again under a new number", async () => {
    const { card } = await askOwner("Busy work");
    for (let index = 0; index < 50; index += 1)
      world.telegram.press({ userId: owner, chatId: owner, messageId: card.messageId, button: "Approve" });
    await eventually(() => world.telegram.answers.length >= 50);
    await settled();
    expect(writes()).toHaveLength(1);
    expect(answers().filter((text) => text.includes("Approved"))).toHaveLength(1);
    expect((await audit()).filter((entry) => entry.result === "done")).toHaveLength(1);
  });

  it("that confirm obey only the one who was asked, and pin the merge to the head that was shown", async () => {
    const { card, iid, sha } = await openOne("Merge me");
    world.telegram.press({ userId: owner, chatId: group, messageId: card.messageId, button: "Merge" });
    const question = await eventually(() =>
      inGroup().find((message) => message.text.includes("Merge this?")),
    );
    expect(question.text).toContain("platform/core!1");
    expect(question.text).toContain(sha.slice(0, 7));
    for (const userId of [stranger, member])
      world.telegram.press({ userId, chatId: group, messageId: question.messageId, button: "Yes, merge" });
    await eventually(
      () => answers().filter((text) => text.includes("Only the person who asked")).length === 2,
    );
    expect(writes()).toEqual([]);
    expect((await audit()).map((entry) => [entry.person, entry.action, entry.result])).toEqual([
      [String(member), "merge", "refused"],
      [String(stranger), "merge", "refused"],
    ]);
    world.telegram.press({
      userId: owner,
      chatId: group,
      messageId: question.messageId,
      button: "Yes, merge",
    });
    await eventually(() => inGroup().some((message) => message.text.includes("Merged platform/core!1")));
    const merge = writes();
    expect(merge).toHaveLength(1);
    expect(merge[0]?.exchange.path).toMatch(new RegExp(`merge_requests/${iid}/merge$`));
    expect(`${merge[0]?.exchange.query.toString()} ${merge[0]?.exchange.body.toString()}`).toContain(sha);
  });

  it("of a card whose head has moved are refused with the new head", async () => {
    const { card, iid } = await askOwner("Moving work");
    const { sha } = world.gitlab.push(project, iid, { by: "bob" });
    world.telegram.press({ userId: owner, chatId: owner, messageId: card.messageId, button: "Approve" });
    const refusal = await eventually(() => answers().find((text) => text.includes("so nothing was done")));
    expect(refusal).toContain(sha.slice(0, 7));
    expect((await audit())[0]?.result).toBe("refused");
  });

  it("expire", async () => {
    const { card } = await askOwner("Old work");
    await daemon.app.options.db
      .updateTable("nonces")
      .set({ expires_at: Date.now() - 1 })
      .execute();
    world.telegram.press({ userId: owner, chatId: owner, messageId: card.messageId, button: "Approve" });
    await eventually(() => answers().some((text) => text.includes("has expired")));
    expect(writes()).toEqual([]);
  });
});

describe("words that are nobody's", () => {
  it("do nothing: forwarded, as the group, as a channel", async () => {
    const { iid } = await askOwner("Quiet work");
    const text = `/approve platform/core!${iid}`;
    world.telegram.say({ userId: owner, chatId: owner, text, forwarded: true });
    world.telegram.say({ userId: owner, chatId: group, text, as: "anonymous_admin" });
    world.telegram.say({ userId: owner, chatId: group, text, as: "channel" });
    await settled();
    expect(writes()).toEqual([]);
    world.telegram.say({ userId: owner, chatId: owner, text });
    await eventually(() => writes().length === 1);
  });
});

describe("a command that a crash interrupted", () => {
  it("is not carried out twice when the update is handled again", async () => {
    const { iid } = await askOwner("Crashy work");
    world.telegram.say({ userId: owner, chatId: owner, text: `/approve platform/core!${iid}` });
    const told = () => ownerChat(world).filter((message) => message.text.includes("Approved")).length;
    await eventually(() => told() === 1);
    await settled();
    const { db } = daemon.app.options;
    const last = await db
      .selectFrom("updates")
      .select("update_id")
      .orderBy("update_id", "desc")
      .executeTakeFirstOrThrow();
    await daemon.stop();
    // As if the process had died between the action and the note that the update is done.
    const reopened = await startDaemonWith(last.update_id);
    await eventually(() => told() === 2);
    expect(writes()).toHaveLength(1);
    expect(await verifyAudit(reopened.app.options.db)).toBeNull();
  });
});

async function startDaemonWith(updateId: number): Promise<Running> {
  const { openApp } = await import("./harness.js");
  const app = await openApp(world, config());
  await app.options.db
    .updateTable("updates")
    .set({ state: "pending", tries: 0 })
    .where("update_id", "=", updateId)
    .execute();
  await app.release();
  daemon = await startDaemon(world, config());
  return daemon;
}
