import { afterEach, beforeEach, expect, it } from "vitest";
import {
  eventually,
  owner,
  type Running,
  startDaemon,
  startSurroundings,
  type Surroundings,
} from "./harness.js";

const forum = -100_500;
const group = -60;
let world: Surroundings;
let topic: number;
let daemon: Running | null = null;
beforeEach(async () => {
  world = await startSurroundings();
  world.telegram.addGroup({ id: forum, title: "Forum", members: [owner], forum: true });
  world.telegram.addGroup({ id: group, title: "Team", members: [owner] });
  topic = world.telegram.addTopic(forum, "Reviews");
});
afterEach(async () => {
  await daemon?.stop();
  await world.close();
});

const inChat = (chat: number) =>
  world.telegram.chat(chat).filter((message) => message.from === "bot" && !message.deleted);
const arrives = (chat: number, ...words: string[]) =>
  eventually(() => inChat(chat).findLast(({ text }) => words.every((word) => text.includes(word))), {
    describe: () => world.telegram.renderChat(chat),
  });

function open(title: string): void {
  world.gitlab.openMergeRequest("platform/core", {
    author: "bob",
    title,
    source: title.replaceAll(" ", "-"),
  });
}

it("sends to a group and to a topic of a forum what config.yaml declares for them", async () => {
  daemon = await startDaemon(
    world,
    world.config(`subscriptions:
  - { to: { chat: ${group} }, projects: ["work:platform/core"], events: [merge_requests] }
  - { to: { chat: ${forum}, topic: ${topic} }, projects: ["work:platform/core"], events: [merge_requests] }
`),
  );
  await arrives(group, "Now watching");
  expect((await arrives(forum, "Now watching")).threadId).toBe(topic);
  open("Lab work");
  await arrives(group, "Lab work");
  expect((await arrives(forum, "Lab work")).threadId).toBe(topic);
  expect(inChat(owner).filter(({ text }) => text.includes("Lab work"))).toEqual([]);
});

it("subscribes a group and a topic by a command there, tells what it understood, and stops again", async () => {
  daemon = await startDaemon(world, world.config("subscriptions: []\n"));
  await eventually(() => world.telegram.commands().length > 0);
  world.telegram.say({ userId: owner, chatId: group, text: "/subscribe work:platform/core prs base:main" });
  const answer = await arrives(group, "Subscribed");
  expect(answer.text).toContain("work:platform/core:\n• pull requests and merge requests");
  world.telegram.say({
    userId: owner,
    chatId: forum,
    threadId: topic,
    text: `/subscribe@${world.telegram.bot.username} work:platform/* reviews prs`,
  });
  expect((await arrives(forum, "Subscribed")).threadId).toBe(topic);
  await arrives(group, "Now watching");
  await arrives(forum, "Now watching");
  open("Lab work");
  await arrives(group, "Lab work");
  expect((await arrives(forum, "Lab work")).threadId).toBe(topic);
  const stop = answer.keyboard.flat().find((button) => button.text === "Unsubscribe");
  world.telegram.press({
    userId: owner,
    chatId: group,
    messageId: answer.messageId,
    button: stop?.text ?? "",
  });
  await arrives(group, "Stopped");
  open("Later work");
  await arrives(forum, "Later work");
  expect(inChat(group).filter(({ text }) => text.includes("Later work"))).toEqual([]);
});

it("refuses a word that it does not understand with the nearest one, and stores nothing", async () => {
  daemon = await startDaemon(world, world.config("subscriptions: []\n"));
  world.telegram.say({ userId: owner, chatId: group, text: "/subscribe work:platform/core pipelinez" });
  expect((await arrives(group, "Did you mean")).text).toContain("pipelines");
  world.telegram.say({ userId: owner, chatId: group, text: "/subscribe work:platform/nothing" });
  const answer = await arrives(group, "platform/nothing");
  const rows = await daemon.app.options.db.selectFrom("subscriptions").selectAll().execute();
  expect(rows, answer.text).toEqual([]);
});

it("goes to the chat itself when its topic is deleted", async () => {
  daemon = await startDaemon(
    world,
    world.config(`subscriptions:
  - { to: { chat: ${forum}, topic: ${topic} }, projects: ["work:platform/core"], events: [merge_requests] }
`),
  );
  await arrives(forum, "Now watching");
  world.telegram.deleteTopic(forum, topic);
  open("Lab work");
  expect((await arrives(forum, "Lab work")).threadId).toBeUndefined();
});
