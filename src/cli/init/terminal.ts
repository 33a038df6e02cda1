import type * as Clack from "@clack/prompts";
import type { Readable, Writable } from "node:stream";
import type { Say } from "../../i18n/wizard.js";
import type { CliContext } from "../context.js";
import { Interrupted, type Ask, type Choice, type SearchQuestion, type Tone } from "./ask.js";
import { hasUnicode, toScreen, wrap } from "./screen.js";
import { promptSearch, type SearchOption } from "./search-prompt.js";
import { spin } from "./spinner.js";

export interface TerminalOptions {
  context: Pick<CliContext, "io" | "env">;
  say: Say;
  colour: boolean;
  /** Aborted when the wizard is to end. */
  signal: AbortSignal;
  interrupt: () => void;
}

interface Terminal extends TerminalOptions {
  clack: typeof Clack;
  common: { input: Readable; output: Writable; signal: AbortSignal };
  unicode: boolean;
  /** The line of what goes on, while there is one. */
  standing: { clear?: (() => void) | undefined };
}

/** Asks a person at a terminal. Must not be called without one: clack would end the process with code 13. */
export async function createTerminalAsk(options: TerminalOptions): Promise<Ask> {
  const clack = await import("@clack/prompts");
  const { io, env } = options.context;
  // Escape alone is also the beginning of an arrow key on a slow line; Ctrl-C ends the wizard and nothing else does.
  clack.settings.aliases.delete("escape");
  const unicode = hasUnicode(process.platform, env);
  const output = toScreen(io.stdout, unicode);
  const terminal: Terminal = {
    ...options,
    ...{ clack, unicode, standing: {}, common: { input: io.stdin, output, signal: options.signal } },
  };
  const telling = createTelling(terminal);
  return { ...createQuestions(terminal, telling), ...createLists(terminal, telling), ...telling };
}

async function answerOf<T>(asked: Promise<T | typeof Clack.CANCEL_SYMBOL>, { clack }: Terminal): Promise<T> {
  const answer = await asked;
  if (clack.isCancel(answer)) throw new Interrupted();
  return answer;
}

function createQuestions(
  terminal: Terminal,
  { note }: Pick<Ask, "note">,
): Pick<Ask, "text" | "secret" | "confirm"> {
  const { clack, common, say } = terminal;
  return {
    async text({ message, example, initial, check }) {
      const typed = await answerOf(
        clack.text({
          ...{ ...common, message },
          ...(initial === undefined ? {} : { placeholder: initial, defaultValue: initial }),
          ...(example === undefined ? {} : { placeholder: example }),
          validate: (text) =>
            inColumns(terminal, check?.(text === undefined || text === "" ? (initial ?? "") : text)),
        }),
        terminal,
      );
      return typed === "" ? (initial ?? "") : typed;
    },
    secret: ({ message, howTo, check }) => {
      if (howTo !== undefined) note(howTo.title, howTo.lines);
      return answerOf(
        clack.password({
          ...{ ...common, message, mask: terminal.unicode ? "▪" : "*", clearOnError: true },
          validate: (text) => inColumns(terminal, check?.(text ?? "")),
        }),
        terminal,
      );
    },
    confirm: ({ message, initial }) =>
      answerOf(
        clack.confirm({
          ...{ ...common, message, initialValue: initial },
          ...{ active: say("yes"), inactive: say("no") },
        }),
        terminal,
      ),
  };
}

function toOptions(
  choices: ReadonlyArray<Choice<string>>,
): Array<{ value: string; label: string; hint?: string }> {
  return choices.map(({ value, label, hint }) => ({
    ...{ value, label },
    ...(hint === undefined ? {} : { hint }),
  }));
}

function createLists(
  terminal: Terminal,
  telling: Pick<Ask, "tell">,
): Pick<Ask, "select" | "pick" | "search"> {
  const { clack, common, say } = terminal;
  const back = <Value extends string>(choices: ReadonlyArray<Choice<Value>>, chosen: string): Value => {
    const found = choices.find(({ value }) => value === chosen);
    if (found === undefined) throw new Interrupted();
    return found.value;
  };
  return {
    async select({ message, choices, initial }) {
      const options = toOptions(choices);
      const start = initial === undefined ? {} : { initialValue: initial };
      const asked = clack.select({ ...common, message, options, ...start, showInstructions: false });
      return back(choices, await answerOf(asked, terminal));
    },
    async pick({ message, choices, initial, required }) {
      const options = toOptions(choices);
      // clack has no other way to be told its words.
      const keys = [say("keys.move"), say("keys.mark"), say("keys.done")];
      clack.MULTISELECT_INSTRUCTIONS.splice(0, Infinity, ...keys);
      for (let initialValues = [...initial].map(String); ; initialValues = []) {
        const asked = clack.multiselect({ ...common, message, options, required: false, initialValues });
        const chosen = await answerOf(asked, terminal);
        if (chosen.length > 0 || !required) return chosen.map((value) => back(choices, value));
        telling.tell("problem", say("pick.one"));
      }
    },
    search: (question) => searchIn(terminal, question),
  };
}

async function searchIn(terminal: Terminal, question: SearchQuestion): Promise<string[]> {
  const { clack, common, say } = terminal;
  const { message, choices, initial, typed } = question;
  const listed: SearchOption[] = [...choices];
  const byHand = (text: string): SearchOption[] => {
    const own = typed(text);
    return own === undefined || listed.some(({ value }) => value === own.value)
      ? []
      : [{ ...own, isTyped: true }];
  };
  const matches = (text: string, { value, label }: SearchOption) =>
    byHand(text).some((own) => own.value === value) ||
    label.toLowerCase().includes(text.trim().toLowerCase());
  let text = "";
  const asked = promptSearch({
    ...{ clack, common, say, message, initial, matches, columns: columnsOf(terminal) },
    options(now) {
      text = now;
      return [...listed, ...byHand(now)];
    },
  });
  const chosen = await asked;
  if (typeof chosen === "symbol") throw new Interrupted();
  // Enter right after typing: what was typed is meant, where it can mean one thing only.
  const near = [...listed, ...byHand(text)].filter((option) => text !== "" && matches(text, option));
  const exact = near.filter(({ label, value }) => label === text || value === typed(text)?.value);
  const meant = (exact.length > 0 ? exact : near).map(({ value }) => value);
  const isTaken = near.some(({ value }) => chosen.includes(value));
  return isTaken || meant.length !== 1 ? chosen : [...chosen, ...meant];
}

type Asking = Pick<Ask, "text" | "secret" | "confirm" | "select" | "pick" | "search">;

function createTelling(terminal: Terminal): Omit<Ask, keyof Asking> {
  const { clack, common, unicode, colour, signal } = terminal;
  const { stdin } = terminal.context.io;
  const columns = () => columnsOf(terminal);
  const { output } = common;
  const tell: Ask["tell"] = (tone, text) => {
    terminal.standing.clear?.();
    const lines = wrap(text, columns() - indent).join("\n");
    // clack's own sign of success is that of an open question, told apart by its colour alone.
    if (tone === "good")
      clack.log.message(lines, { output, symbol: colour ? `\u001b[32m${good}\u001b[39m` : good });
    else clack.log[logOf[tone]](lines, { output });
  };
  return {
    signal,
    screen: {
      ...{ unicode, colour },
      get columns() {
        return columns();
      },
      get rows() {
        return sizeOf(terminal, "rows") ?? 24;
      },
    },
    async busy(words, work, skip) {
      if (signal.aborted) throw new Interrupted();
      const onInterrupt = () => terminal.interrupt();
      try {
        const { standing } = terminal;
        const shown = { screen: output, columns, unicode, bar: "│", standing };
        const spinning = { ...shown, stdin, onInterrupt, onEnter: skip };
        const result = await spin(spinning, words, work);
        if (signal.aborted) throw new Interrupted();
        return result;
      } catch (error) {
        if (signal.aborted) throw new Interrupted();
        throw error;
      }
    },
    begin: (title) => clack.intro(title, { output }),
    greet: (text) => tell("info", text),
    end: (text) => clack.outro(text, { output }),
    tell,
    // Without a frame: it would break long addresses, which then can be neither clicked nor copied.
    note: (title, lines) => {
      const shown = lines.flatMap((line) =>
        line.includes("\u001b") || /\S{60}/.test(line) ? [line] : wrap(line, columns() - indent),
      );
      clack.log.step([...wrap(title, columns() - indent), ...shown].join("\n"), { output });
    },
  };
}

function sizeOf({ context }: Terminal, name: "columns" | "rows"): number | undefined {
  const size: unknown = Reflect.get(context.io.stdout, name);
  return typeof size === "number" && size > 0 ? size : undefined;
}

function columnsOf(terminal: Terminal): number {
  return sizeOf(terminal, "columns") ?? 80;
}

/** clack puts the bar beside the first line alone: the others stand below its first letter. */
function inColumns(terminal: Terminal, text: string | undefined): string | undefined {
  return text === undefined ? undefined : wrap(text, columnsOf(terminal) - indent).join("\n   ");
}

const good = "✓";

/** The bar, the sign and the spaces before each line. */
const indent = 4;

const logOf = {
  info: "info",
  warning: "warn",
  problem: "error",
} as const satisfies Record<Exclude<Tone, "good">, keyof typeof Clack.log>;
