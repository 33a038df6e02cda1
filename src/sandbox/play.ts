import { type Stage, toStage } from "./scenario.js";
import type { Surroundings } from "./surroundings.js";

/** One thing that a person at the sandbox's terminal can let happen. */
export interface Word {
  name: string;
  /** What follows the word, for the list. */
  takes?: string;
  about: string;
  /** Throws an `Error` with a sentence when it cannot happen now. */
  play(rest: string): string;
}

/** What the words remember from one another: the run that failed, so that it can be fixed. */
interface Memory {
  failing: number | null;
  count: number;
}

/** Each word does one thing at once and waits for nothing: what the daemon makes of it shows in the chat. */
export function createWords(surroundings: Surroundings): Word[] {
  const stage = toStage(surroundings);
  const memory: Memory = { failing: null, count: 0 };
  return [
    { name: "pipeline", about: "a workflow run fails on GitHub", play: () => breakPipeline(stage, memory) },
    { name: "fix", about: "the failed run succeeds", play: () => fixPipeline(stage, memory) },
    { name: "review", about: "Bob asks Mia for a review on GitLab", play: () => askReview(stage, memory) },
    { name: "mention", about: "Ann mentions Mia on GitHub", play: () => mention(stage, memory) },
    { name: "wiki", about: "Ann edits a wiki page on GitLab", play: () => editWiki(stage, memory) },
    ...chatWords(stage),
  ];
}

function chatWords(stage: Stage): Word[] {
  const { telegram, reader } = stage;
  const chatId = telegram.privateChat(reader.telegramId);
  return [
    {
      name: "press",
      takes: "LABEL",
      about: "Mia presses the newest button with this label",
      play: (rest) => press(stage, chatId, rest),
    },
    {
      name: "say",
      takes: "TEXT",
      about: "Mia writes to the bot",
      play: (rest) => {
        if (rest === "") throw new Error("Say what? For example: say /status");
        stage.say(rest);
        return "";
      },
    },
    { name: "chat", about: "print the whole chat", play: () => telegram.renderChat(chatId) },
  ];
}

function breakPipeline({ github, repository }: Stage, memory: Memory): string {
  const { id } = github.startRun(repository, {
    ...{ workflow: "CI", branch: "main", actor: "mia", event: "push" },
    title: `Change ${++memory.count}`,
  });
  const jobs = [
    { name: "build", conclusion: "success" },
    { name: "test", conclusion: "failure", step: "Run npm test", log: "expected 200, got 500\n" },
  ];
  github.finishRun(repository, id, { conclusion: "failure", jobs });
  memory.failing = id;
  return `Run ${id} of CI on main failed.`;
}

function fixPipeline({ github, repository }: Stage, memory: Memory): string {
  if (memory.failing === null) throw new Error("Nothing is broken. Break it first: pipeline");
  const { id } = github.startRun(repository, {
    ...{ workflow: "CI", branch: "main", actor: "mia", event: "push" },
    title: `Repair ${++memory.count}`,
  });
  github.finishRun(repository, id, {
    conclusion: "success",
    jobs: [{ name: "test", conclusion: "success" }],
  });
  memory.failing = null;
  return `Run ${id} of CI on main succeeded.`;
}

function askReview({ gitlab, project }: Stage, memory: Memory): string {
  const number = ++memory.count;
  const { iid } = gitlab.openMergeRequest(project, {
    ...{ author: "bob", description: "Half the time.", source: `branch-${number}` },
    title: `Speed up the index (${number})`,
  });
  gitlab.requestReview(project, iid, { by: "bob", reviewer: "mia" });
  return `Bob opened !${iid} and asks Mia for a review.`;
}

function mention({ github, repository }: Stage, memory: Memory): string {
  const count = ++memory.count;
  const { number } = github.openPullRequest(repository, {
    ...{ author: "ann", body: "A first step.", head: `passkeys-${count}` },
    title: `Log in with a passkey (${count})`,
  });
  github.comment(repository, number, { by: "ann", body: "@mia does this need a migration?" });
  return `Ann opened #${number} and mentions Mia in a comment.`;
}

function editWiki({ gitlab, project }: Stage, memory: Memory): string {
  const content = `Call the one on duty first. (${++memory.count})`;
  gitlab.editWiki(project, { by: "ann", slug: "runbook", title: "Runbook", content });
  return "Ann edited the wiki page Runbook.";
}

function press(stage: Stage, chatId: number, label: string): string {
  const wanted = label.toLowerCase();
  const messages = stage.telegram
    .chat(chatId)
    .filter((message) => message.from === "bot" && !message.deleted);
  for (const message of messages.reverse()) {
    const button = message.keyboard.flat().find(({ text, callback_data }) => {
      return callback_data !== undefined && text.toLowerCase().includes(wanted);
    });
    if (button === undefined || wanted === "") continue;
    stage.press(message, button.text);
    return "";
  }
  const labels = messages.flatMap((message) => message.keyboard.flat().map(({ text }) => text));
  throw new Error(
    `There is no button “${label}”. There are: ${[...new Set(labels)].join(", ") || "none yet"}.`,
  );
}

/** Plays what one line asks for. The answer is a sentence for the terminal, or null for `quit`. */
export function playLine(words: readonly Word[], line: string): string | null {
  const [name = "", ...rest] = line.trim().split(/\s+/);
  if (name === "") return "";
  if (name === "quit") return null;
  const word = words.find((candidate) => candidate.name === name);
  if (word === undefined) return `There is no “${name}”.\n${describeWords(words)}`;
  try {
    return word.play(rest.join(" "));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function describeWords(words: readonly Word[]): string {
  const rows = [
    ...words.map(({ name, takes, about }) => [[name, takes].filter(Boolean).join(" "), about]),
    ["quit", "end the servers"],
  ];
  return rows.map(([name = "", about = ""]) => `  ${name.padEnd(12)} ${about}`).join("\n");
}
