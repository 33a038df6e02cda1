import type { Surroundings } from "./surroundings.js";
import type { ShownMessage } from "./telegram/index.js";

/** One thing that happens, and what must come of it in the chat. */
export interface Act {
  title: string;
  play(stage: Stage): Promise<void>;
}

/** What an act may do with the chat: look at it, press, write. Waiting too long fails the act. */
export interface Stage extends Surroundings {
  /** The newest message of the bot that holds all of these words. */
  expect: (...words: string[]) => Promise<ShownMessage>;
  press: (message: ShownMessage, button: string) => void;
  say: (text: string, replyTo?: ShownMessage) => void;
}

const patienceMs = 15_000;

export function toStage(surroundings: Surroundings): Stage {
  const { telegram, reader } = surroundings;
  const chatId = telegram.privateChat(reader.telegramId);
  const seen = () => telegram.chat(chatId).filter((message) => message.from === "bot" && !message.deleted);
  return {
    ...surroundings,
    expect: (...words) =>
      telegram.waitFor(
        () => seen().findLast((message) => words.every((word) => message.text.includes(word))),
        {
          timeoutMs: patienceMs,
        },
      ),
    press: (message, button) => {
      telegram.press({ userId: reader.telegramId, chatId, messageId: message.messageId, button });
    },
    say: (text, replyTo) => {
      const answer = replyTo === undefined ? {} : { replyTo: replyTo.messageId };
      telegram.say({ userId: reader.telegramId, chatId, text, ...answer });
    },
  };
}

/** The main job, once: a pipeline breaks and is fixed, a review is asked for and ends in a merge, a mention, a wiki page. */
export const scenario: readonly Act[] = [
  { title: "A workflow run fails on GitHub; Mia presses Retry, and it recovers", play: playPipeline },
  { title: "Bob asks Mia to review on GitLab; she approves and merges from the chat", play: playReview },
  { title: "Ann mentions Mia in a comment on a pull request", play: playMention },
  { title: "Ann rewrites a wiki page", play: playWiki },
];

async function playPipeline({ github, repository, expect, press }: Stage): Promise<void> {
  const pushed = { workflow: "CI", branch: "main", actor: "mia", event: "push", title: "Cache the sessions" };
  const { id } = github.startRun(repository, pushed);
  const failed = {
    name: "test",
    conclusion: "failure",
    step: "Run npm test",
    log: "expected 200, got 500\n",
  };
  github.finishRun(repository, id, {
    conclusion: "failure",
    jobs: [{ name: "build", conclusion: "success" }, failed],
  });
  const card = await expect("CI", "failed", "test");
  press(card, "Retry");
  await expect("CI", "running");
  github.finishRun(repository, id, {
    conclusion: "success",
    jobs: [{ name: "test", conclusion: "success" }],
  });
  await expect("CI", "fixed");
}

async function playReview({ gitlab, project, expect, press }: Stage): Promise<void> {
  const opened = {
    author: "bob",
    title: "Speed up the index",
    description: "Half the time.",
    source: "fast-index",
  };
  const { iid } = gitlab.openMergeRequest(project, opened);
  gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
  const card = await expect("requested your review", "Speed up the index");
  press(card, "Approve");
  press(await expect("Speed up the index", "👍 Mia"), "Merge");
  press(await expect("Merge this?", "fast-index"), "Yes, merge");
  await expect("Speed up the index", "merged");
}

async function playMention({ github, repository, expect }: Stage): Promise<void> {
  const opened = { author: "ann", title: "Log in with a passkey", body: "A first step.", head: "passkeys" };
  const { number } = github.openPullRequest(repository, opened);
  await expect("Log in with a passkey");
  github.comment(repository, number, { by: "ann", body: "@mia does this need a migration?" });
  await expect("mentioned you", "does this need a migration?");
}

async function playWiki({ gitlab, project, expect }: Stage): Promise<void> {
  gitlab.editWiki(project, {
    by: "ann",
    slug: "runbook",
    title: "Runbook",
    content: "Call the one on duty first.",
  });
  await expect("Runbook");
}
