import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guessLanguage } from "../../../src/cli/init/locale.js";
import { runWizard } from "../../../src/cli/init/wizard.js";
import { toConfig } from "../../e2e/harness.js";
import type { Line } from "./scripted-ask.js";
import { type InitWorld, localAnswers, startWorld, toDraft, toPorts } from "./world.js";

let world: InitWorld;
beforeEach(async () => (world = await startWorld()));
afterEach(() => world.close());

describe("the language of the first screen", () => {
  it.each([
    [{ LANG: "ru_RU.UTF-8" }, "linux", "ru"],
    [{ LANG: "en_US.UTF-8", LC_MESSAGES: "ru_UA.UTF-8" }, "linux", "ru"],
    [{ LANG: "ru_RU.UTF-8", LC_ALL: "C.UTF-8" }, "linux", "en"],
    [{ LANG: "run_BI" }, "linux", "en"],
    [{}, "linux", "en"],
    [{ LANG: "ru" }, "darwin", "ru"],
  ] as const)("%j on %s is %s", (env, platform, language) => {
    expect(guessLanguage(env, platform)).toBe(language);
  });
});

/** Names, addresses, commands and numbers are the same in every language. */
function isForeign(text: string): boolean {
  const words = text
    .replace(/https?:\/\/\S+|\/\S+|`[^`]*`|\b[\w.-]+\.(com|yaml|enc)\b|@\w+/g, "")
    .replace(/\b(GitHub|GitLab|Telegram|English|gitnotify|acme|api|mia|repo|wiki)\b/gi, "");
  return /[a-z]{4,}/i.test(words) && !/[а-яё]/i.test(words);
}

it("is kept at every question, for wrong answers too", async () => {
  const token = "ghp_expired00000000000000000000000000000000";
  const script: Line[] = [
    ["language", "ru"],
    ["connections[0].platform", "github"],
    ["connections[0].url", "not an address"],
    ["connections[0].url", "gitnotify-test.invalid"],
    ["connections[0].proxy.how", "proxy"],
    ["connections[0].proxy", "socks4://127.0.0.1:1"],
    ["connections[0].proxy", "http://127.0.0.1:9"],
    ["connections[0].proxy.how", "other"],
    ...localAnswers("connections[0]", world.github.url),
    ["connections[0].access", "read"],
    ["connections[0].token", "glpat-0123456789abcdefghij"],
    ["connections[0].token", token],
    ["connections[0].token", world.tokens.github],
    ["connections[1].more", false],
    ["telegram.token", "@name_bot"],
    ["telegram.token", world.tokens.telegram],
    ["telegram.pairing", "id"],
    ["telegram.owner", "mia"],
    ["telegram.owner", "4242"],
    ["projects", []],
    ["projects.none", false],
    ["projects", ["personal", "acme/nothing"]],
    ["projects", ["personal", "acme/api"]],
    ["events", ["pipelines"]],
    ["confirm", "change"],
    ["change", "back"],
    ["confirm", "write"],
  ];
  const ports = toPorts(world, script);
  expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
  expect(ports.ask.rest()).toEqual([]);
  expect(ports.ask.shown.filter(isForeign)).toEqual([]);
  const refusal =
    "Службу здесь не установить: этой машиной управляет не systemd (контейнер или другой init).";
  expect(ports.ask.told).toContain(`info: ${refusal} Запускайте сами: \`gitnotify start\``);
  expect(ports.ask.told.find((line) => line.startsWith("события"))).toBe("события    пайплайны");
  expect(toConfig(world.file.text).language).toBe("ru");
});
