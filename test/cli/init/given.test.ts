import { expect, it } from "vitest";
import { createSay } from "../../../src/i18n/wizard.js";
import { createGivenAsk } from "../../../src/cli/init/given.js";

function unattended(answers: Record<string, unknown>) {
  const printed: string[] = [];
  const ask = createGivenAsk({
    answers: new Map(Object.entries(answers)),
    secret: async () => null,
    next: null,
    print: (line) => void printed.push(line),
    say: createSay("en"),
    signal: new AbortController().signal,
  });
  return { ask, printed };
}

const question = { id: "projects.again", message: "Which?", initial: "none" };

it("ends with the last problem, and prints the ones before it", async () => {
  const { ask, printed } = unattended({});
  ask.tell("problem", "The first is wrong.");
  ask.tell("problem", "The second is wrong.");
  await expect(ask.text(question)).rejects.toThrow("The second is wrong.");
  expect(printed).toEqual(["problem: The first is wrong."]);
});

it("prints a problem that another answer mends", async () => {
  const { ask, printed } = unattended({ "projects.again": "acme/api" });
  ask.tell("problem", "There is no acme/app.");
  expect(await ask.text(question)).toBe("acme/api");
  expect(printed).toEqual(["problem: There is no acme/app."]);
});
