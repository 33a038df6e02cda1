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
    return typed(id, check);
  };
  const tell = (tone: Tone, text: string) => void told.push(`${tone}: ${text}`);
  return {
    ...{ told, asked, rest: () => left, tell, signal },
    text: async ({ id, check }) => typed(id, check),
    secret: async ({ id, check }) => typed(id, check),
    select: async ({ id, choices }) => {
      const answer = next(id);
      const found = choices.find(({ value }) => value === answer);
      if (found === undefined)
        throw new Error(
          `“${id}” has no choice “${String(answer)}”: ${choices.map(({ value }) => value).join()}`,
        );
      return found.value;
    },
    pick: async ({ id, choices }) => {
      const answer = next(id);
      return choices
        .map(({ value }) => value)
        .filter((value) => Array.isArray(answer) && answer.includes(value));
    },
    search: async ({ id, choices, typed: toTyped }) => {
      const answer = next(id);
      const texts = Array.isArray(answer) ? answer.map(String) : [];
      return texts.map(
        (text) => choices.find(({ value }) => value === text)?.value ?? toTyped(text)?.value ?? text,
      );
    },
    confirm: async ({ id }) => next(id) === true,
    busy: async (_words, work) => work(() => undefined),
    note: (title, lines) => void told.push(`note: ${title}`, ...lines),
    begin: () => undefined,
    end: () => undefined,
    screen: { columns: 80, rows: 24, unicode: true, colour: false },
  };
}
