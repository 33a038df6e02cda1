import type { Ask, Tone } from "../../../src/cli/init/ask.js";
import { Interrupted } from "../../../src/cli/init/ask.js";

/** Stands for Ctrl-C. */
export const ctrlC = Symbol("Ctrl-C");

export type Line = readonly [id: string, answer: string | boolean | readonly string[] | typeof ctrlC];

export interface ScriptedAsk extends Ask {
  /** What the person read, in order: `problem: …`, and the titles of notes. */
  told: string[];
  /** Ids of the questions, in order; once more when the answer could not be taken. */
  asked: string[];
  /** Every sentence, choice and hint that was on the screen. */
  shown: string[];
  /** Lines of the script that were not needed. */
  rest(): readonly Line[];
}

/** Answers in the order of the script; a question out of turn fails the test. An answer that `check` refuses is told, as a terminal does. */
export function createScriptedAsk(
  script: readonly Line[],
  signal = new AbortController().signal,
): ScriptedAsk {
  const left = [...script];
  const told: string[] = [];
  const asked: string[] = [];
  const shown: string[] = [];
  const next = (id: string): Line[1] => {
    asked.push(id);
    const line = left.shift();
    const context = `told so far:\n${told.join("\n")}`;
    if (line === undefined) throw new Error(`“${id}” is asked after the end of the script; ${context}`);
    if (line[0] !== id) throw new Error(`“${id}” is asked where the script has “${line[0]}”; ${context}`);
    if (line[1] === ctrlC) throw new Interrupted();
    return line[1];
  };
  const typed = (id: string, check?: (text: string) => string | undefined): string => {
    const answer = String(next(id));
    const why = check?.(answer);
    if (why === undefined) return answer;
    told.push(`refused: ${why}`);
    shown.push(why);
    return typed(id, check);
  };
  const tell = (tone: Tone, text: string) => {
    told.push(`${tone}: ${text}`);
    shown.push(text);
  };
  const show = (message: string, choices: ReadonlyArray<{ label: string; hint?: string | undefined }> = []) =>
    void shown.push(message, ...choices.flatMap(({ label, hint = "" }) => [label, hint]));
  return {
    ...{ told, asked, shown, rest: () => left, tell, signal },
    text: async ({ id, message, check }) => {
      show(message);
      return typed(id, check);
    },
    secret: async ({ id, message, howTo, check }) => {
      show(message);
      shown.push(...(howTo === undefined ? [] : [howTo.title, ...howTo.lines]));
      return typed(id, check);
    },
    select: async ({ id, message, choices }) => {
      show(message, choices);
      const answer = next(id);
      const found = choices.find(({ value }) => value === answer);
      if (found === undefined)
        throw new Error(
          `“${id}” has no choice “${String(answer)}”: ${choices.map(({ value }) => value).join()}`,
        );
      return found.value;
    },
    pick: async ({ id, message, choices }) => {
      show(message, choices);
      const answer = next(id);
      return choices
        .map(({ value }) => value)
        .filter((value) => Array.isArray(answer) && answer.includes(value));
    },
    search: async ({ id, message, choices, typed: toTyped }) => {
      show(message, choices);
      const answer = next(id);
      const texts = Array.isArray(answer) ? answer.map(String) : [];
      return texts.map(
        (text) => choices.find(({ value }) => value === text)?.value ?? toTyped(text)?.value ?? text,
      );
    },
    confirm: async ({ id, message }) => {
      show(message);
      return next(id) === true;
    },
    busy: async (words, work) => {
      show(words);
      return work(show);
    },
    note: (title, lines) => {
      told.push(`note: ${title}`, ...lines);
      shown.push(title, ...lines);
    },
    begin: () => undefined,
    greet: show,
    end: () => undefined,
    screen: { columns: 80, rows: 24, unicode: true, colour: false },
  };
}
