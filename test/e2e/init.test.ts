import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStored } from "../../src/cli/init/read-stored.js";
import { startSurroundings, type Surroundings } from "../../src/sandbox/surroundings.js";
import { eventually, toConfig } from "./harness.js";
import { hasTmux, openTerminal, type Terminal, type TerminalOptions } from "./tmux.js";

const executable = fileURLToPath(new URL("../../bin/gitnotify.cjs", import.meta.url));
const mia = 4242;
/** Every wait has its own limit, which says what was on the screen instead. */
const limitMs = 180_000;

let world: Surroundings;
let home: string;
let terminal: Terminal | undefined;
beforeEach(async () => {
  world = await startSurroundings();
  home = mkdtempSync(join(tmpdir(), "gitnotify-init-"));
});
afterEach(async () => {
  terminal?.close();
  terminal = undefined;
  await world.close();
  rmSync(home, { recursive: true, force: true });
});

/** The program on a terminal, with its command line typed but not counted as keys. */
function begin(options: TerminalOptions = {}): Terminal {
  terminal = openTerminal(options);
  terminal.paste(
    `clear; ${process.execPath} ${executable} --home ${home} init --telegram-api-root ${world.telegram.url}; echo "ended with $?"`,
  );
  terminal.press("Enter");
  return terminal;
}

const config = () => join(home, "config.yaml");
/** The rules of the database, which the phone can change. */
const stored = async () => (await readStored(join(home, "gitnotify.db"))).rules;
const heard = () =>
  world.telegram
    .chat(mia)
    .filter(({ from }) => from === "bot")
    .map(({ text }) => text);

/** The first question, in whatever language it is asked. */
async function chooseEnglish(t: Terminal): Promise<void> {
  await t.see("Language / ");
  t.press("Enter");
}

async function answerServer(t: Terminal): Promise<void> {
  await chooseEnglish(t);
  await t.see("What do you use?");
  t.press("Enter");
  await t.see("Where is your GitHub?");
  t.paste(world.github.url);
  t.press("Enter");
  await t.see("without encryption anyway?");
  t.press("y");
  await t.see("your own server, in");
  t.press("y");
}

async function answerTokens(t: Terminal): Promise<void> {
  await t.see("gitnotify needs a token for");
  t.press("Enter");
  await t.see("Paste the GitHub token");
  t.paste(world.tokens.github);
  t.press("Enter");
  await t.see("You are mia", "Set up another server");
  t.press("Enter");
  await t.see("Paste the bot token");
  t.paste(world.tokens.telegram);
  t.press("Enter");
}

async function pair(t: Terminal): Promise<void> {
  await t.see("Pair it with your");
  t.press("Enter");
  await t.see("Waiting for you in Telegram");
  const code = /start=([\w-]+)/.exec(await t.history())?.[1] ?? "";
  world.telegram.say({ userId: mia, chatId: mia, text: `/start ${code}` });
  await t.see("Paired with Mia", "What should gitnotify watch?");
}

/** From the projects to the end. */
async function answerRest(t: Terminal): Promise<void> {
  await t.see("What should gitnotify watch?", "acme/api");
  t.paste("acme/api");
  t.press("Enter");
  await t.see("What do you want to hear about");
  t.press("Enter");
  await confirm(t);
}

/** Answers no to the service where the machine has one, and writes. Only an open question (its sign is filled) takes keys. */
async function confirm(t: Terminal): Promise<void> {
  const [service, write] = ["◆  Run gitnotify in the background", "◆  Write it?"];
  if ((await t.seeOneOf([service, write])) === service) {
    // The last choice is none.
    t.press("Up", "Enter");
    await t.see(write);
  }
  t.press("Enter");
}

describe.skipIf(!hasTmux)("init in a real terminal (needs tmux)", () => {
  it.each([60, 80])(
    "keeps the title and the whole pairing link on a screen of %i columns",
    async (columns) => {
      const t = begin({ columns, rows: 24 });
      await answerServer(t);
      await answerTokens(t);
      await t.see("Pair it with your");
      t.press("Enter");
      const shown = await t.see("Open this link", "Waiting for you in Telegram");
      expect(shown).toMatch(/t\.me\/\w+\?start=[\w-]{22}$/m);
    },
    limitMs,
  );

  it(
    "goes from the first key to the first message",
    async () => {
      const t = begin();
      const before = t.pressed();
      const startedAt = performance.now();
      await answerServer(t);
      await answerTokens(t);
      await pair(t);
      await answerRest(t);
      await t.see("Sent you a first message in Telegram", "Done.", "ended with 0");
      const seconds = (performance.now() - startedAt) / 1_000;
      const keys = t.pressed() - before;
      expect(heard().at(-1)).toContain("You are set up.");
      expect(toConfig(readFileSync(config(), "utf8"))).toMatchObject({
        telegram: { owner: String(mia) },
        connections: [{ id: "github" }],
        subscriptions: [],
      });
      expect((await stored()).map(({ projects }) => projects)).toEqual([undefined, ["github:acme/api"]]);
      expect(await t.history()).not.toContain(world.tokens.github);
      expect(await t.history()).not.toContain(world.tokens.telegram);
      // Whatever Node itself has to say would stand in the middle of a question.
      expect(await t.history()).not.toContain("Warning");
      expect(keys).toBeLessThan(30);
      // For docs/benchmarks.md; the person of this test answers as soon as a question is on the screen.
      if (process.env["GITNOTIFY_FIGURES"])
        process.stdout.write(`init: ${keys} keys and pastes, ${seconds.toFixed(1)} s\n`);
    },
    limitMs,
  );

  it(
    "subscribes to what the phone lists and takes back",
    async () => {
      const t = begin();
      await answerServer(t);
      await answerTokens(t);
      await pair(t);
      await answerRest(t);
      await t.see("ended with 0");
      t.paste(`clear; ${process.execPath} ${executable} --home ${home} start`);
      t.press("Enter");
      const say = (text: string) => world.telegram.say({ userId: mia, chatId: mia, text });
      const hear = (words: string) => eventually(() => heard().findLast((text) => text.includes(words)));
      say("/subscriptions");
      expect(await hear("Subscriptions in this chat")).toMatch(/what concerns you[\s\S]*acme\/api/);
      expect(await hear("Subscriptions in this chat")).not.toContain("config.yaml");
      say("/unsubscribe acme/api");
      expect(await hear("Stopped:")).toContain("acme/api");
      expect((await stored()).map(({ projects }) => projects)).toEqual([undefined]);
      t.press("C-c");
      await t.see("$");
    },
    limitMs,
  );

  it(
    "explains wrong answers where they are given, and goes on",
    async () => {
      const t = begin({ columns: 120, rows: 40 });
      await chooseEnglish(t);
      await t.see("What do you use?");
      t.press("Enter");
      await t.see("Where is your GitHub?");
      t.paste("not a url");
      t.press("Enter");
      await t.see("An address has no spaces in it");
      t.press("C-u");
      t.paste("gitnotify-test.invalid");
      t.press("Enter");
      await t.see("could not be resolved", "What now?");
      t.press("Enter");
      await t.see("could not be resolved", "◆  Where is your GitHub?");
      t.paste(world.github.url);
      t.press("Enter");
      await t.see("without encryption anyway?");
      t.press("y");
      await t.see("your own server, in");
      t.press("y");
      await t.see("gitnotify needs a token for");
      t.press("Enter");
      await t.see("Paste the GitHub token");
      t.paste("glpat-0123456789abcdefghij");
      t.press("Enter");
      await t.see("That is a GitLab token");
      t.paste("ghp_wrong000000000000000000000000000000");
      t.press("Enter");
      await t.see("does not accept this token", "Paste the GitHub token");
      t.paste(world.tokens.github);
      t.press("Enter");
      await t.see("You are mia", "Set up another server");
      t.press("Enter");
      await t.see("Paste the bot token");
      t.paste(world.tokens.github);
      t.press("Enter");
      await t.see("Paste the one from @BotFather");
      t.paste(world.tokens.telegram);
      t.press("Enter");
      await pair(t);
      await t.see("What should gitnotify watch?", "acme/api");
      t.paste("acme/nothing");
      t.press("Tab", "Enter");
      await t.see("There is no project acme/nothing", "Search:");
      await answerRest(t);
      await t.see("ended with 0");
      expect((await stored())[1]?.projects).toEqual(["github:acme/api"]);
    },
    limitMs,
  );

  it(
    "leaves nothing behind at Ctrl-C: in a question, while it waits, and in a later one",
    async () => {
      const stops: Array<(t: Terminal) => Promise<void>> = [
        async (t) => {
          await chooseEnglish(t);
          await t.see("What do you use?");
        },
        async (t) => {
          await answerServer(t);
          await t.see("gitnotify needs a token for");
        },
        async (t) => {
          await answerServer(t);
          await answerTokens(t);
          await t.see("Pair it with your");
          t.press("Enter");
          await t.see("Waiting for you in Telegram");
        },
      ];
      for (const reach of stops) {
        const t = begin();
        await reach(t);
        t.press("C-c");
        await t.see("nothing was written", "ended with 130");
        // The terminal is as it was: it echoes, it takes lines, its cursor is there.
        t.paste("stty -a | tr ' ' '\\n' | grep -xE -- '-?(echo|icanon);?' | tr '\\n' ' '");
        t.press("Enter");
        expect(await t.see("icanon echo")).not.toContain("-icanon");
        expect(existsSync(config())).toBe(false);
        t.close();
        terminal = undefined;
      }
    },
    limitMs,
  );

  it(
    "shows ASCII alone, and no code to scan, where the terminal has nothing else",
    async () => {
      const t = begin({ columns: 60, env: { LANG: "C", LC_ALL: "C" } });
      await answerServer(t);
      await answerTokens(t);
      await t.see("Pair it with your");
      t.press("Enter");
      await t.see("Waiting for you in Telegram");
      expect([...(await t.history())].filter((letter) => /[^\n -~а-яё]/i.test(letter))).toEqual([]);
      t.press("Enter");
      await t.see("What should gitnotify watch?");
      t.press("C-c");
      await t.see("ended with 130");
    },
    limitMs,
  );
});
