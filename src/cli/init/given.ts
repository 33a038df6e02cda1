import { CliError, type ExitCode, exitCode } from "../exit-code.js";
import type { Say, WizardKey } from "../../i18n/wizard.js";
import { type Ask, Interrupted } from "./ask.js";

export interface GivenOptions {
  /** By the id of the question. */
  answers: ReadonlyMap<string, unknown>;
  /** A secret that was given beforehand, by its name. */
  secret: (name: string) => Promise<string | null>;
  /** Who is asked what was not given; null: nobody is there. */
  next: Ask | null;
  print: (line: string) => void;
  say: Say;
  signal: AbortSignal;
}

/**
 * Takes the answers that were given beforehand, and asks for the rest. An answer counts once: asked again, it was not good. Where
 * nobody can be asked, a question is answered by what it proposes, but never after a problem: then the wizard ends with that
 * problem, for whoever wrote the answers has to mend them. Rejects with `CliError` then.
 */
export function createGivenAsk(options: GivenOptions): Ask {
  const { next, print, say, signal } = options;
  const telling = next ?? createPlainTelling(print, say, signal);
  const state: State = { ...options, left: new Map(options.answers), used: new Set(), problem: null };
  return {
    ...createQuestions(state),
    ...createLists(state),
    ...{ signal, busy: telling.busy, note: telling.note, begin: telling.begin, end: telling.end },
    greet: telling.greet,
    get screen() {
      return telling.screen;
    },
    tell(tone, text) {
      if (tone !== "problem") return telling.tell(tone, text);
      // Where nobody can be asked, the error that it ends with says it.
      if (next !== null) telling.tell(tone, text);
      mend(state);
      state.problem = text;
    },
  };
}

interface State extends GivenOptions {
  left: Map<string, unknown>;
  /** Names of the secrets that were taken. */
  used: Set<string>;
  /** What was told since the last answer. */
  problem: string | null;
}

/** Another answer is there: what was wrong with the one before has not ended it and is told. */
function mend(state: State): void {
  if (state.problem !== null && state.next === null)
    state.print(state.say("given.problem", { text: state.problem }));
  state.problem = null;
}

function take(state: State, id: string): unknown {
  const value = state.left.get(id);
  state.left.delete(id);
  if (value !== undefined) mend(state);
  return value;
}

/** The given answer cannot be taken: a person is told and asked, otherwise it ends here. */
function decline({ next, say }: State, id: string, why: string): void {
  if (next === null)
    throw new CliError(codeOf(id), say("given.wrong", { id, why }), say("given.wrong.remedy"));
  next.tell("problem", why);
}

/** What stands where nobody was asked. */
function propose<T>({ problem, say }: State, id: string, proposed: T | undefined): T {
  if (problem !== null) throw new CliError(codeOf(id), problem, remedyOf(say, id));
  if (proposed === undefined) {
    const code = /token/.test(id) ? exitCode.token : exitCode.usage;
    throw new CliError(code, say("given.missing", { id }), remedyOf(say, id));
  }
  return proposed;
}

function createQuestions(state: State): Pick<Ask, "text" | "secret" | "confirm"> {
  const { next } = state;
  return {
    async text(question) {
      const given = take(state, question.id);
      if (typeof given === "string") {
        const why = question.check?.(given);
        if (why === undefined) return given;
        decline(state, question.id, why);
      }
      return next === null ? propose(state, question.id, question.initial) : next.text(question);
    },
    async secret(question) {
      const name = question.secret;
      const value = state.used.has(name) ? null : await state.secret(name);
      state.used.add(name);
      if (value !== null) {
        mend(state);
        const why = question.check?.(value);
        if (why === undefined) return value;
        decline(state, question.id, why);
      }
      if (next !== null) return next.secret(question);
      return propose<string>(state, `${question.id} (${name})`, undefined);
    },
    async confirm(question) {
      const given = take(state, question.id);
      if (typeof given === "boolean") return given;
      return next === null ? propose(state, question.id, question.initial) : next.confirm(question);
    },
  };
}

function createLists(state: State): Pick<Ask, "select" | "pick" | "search"> {
  const { next } = state;
  return {
    async select(question) {
      const answer = take(state, question.id);
      const found = question.choices.find(({ value }) => value === answer);
      if (found !== undefined) return found.value;
      if (typeof answer === "string") {
        const known = question.choices.map(({ value }) => value).join(", ");
        decline(state, question.id, state.say("given.impossible", { answer, known }));
      }
      const { given } = question;
      if (given !== undefined && (await state.secret(given.secret)) !== null) return given.value;
      if (next !== null) return next.select(question);
      return propose(state, question.id, given?.value ?? question.unattended ?? question.initial);
    },
    async pick(question) {
      const given = take(state, question.id);
      if (Array.isArray(given))
        return question.choices.map(({ value }) => value).filter((value) => given.includes(value));
      return next === null ? propose(state, question.id, [...question.initial]) : next.pick(question);
    },
    async search(question) {
      const given = take(state, question.id);
      if (!Array.isArray(given))
        return next === null ? propose(state, question.id, [...question.initial]) : next.search(question);
      return given.map(String).map((text) => {
        const listed = question.choices.find(({ value, label }) => value === text || label === text);
        return listed?.value ?? question.typed(text)?.value ?? text;
      });
    },
  };
}

function codeOf(id: string): ExitCode {
  if (/token/i.test(id)) return exitCode.token;
  return /proxy|\.again$/.test(id) ? exitCode.unreachable : exitCode.failed;
}

/** How that answer is given without a terminal. */
function remedyOf(say: Say, id: string): string {
  const secret = /\((.+)\)$/.exec(id)?.[1];
  if (secret !== undefined) {
    const variable = `GITNOTIFY_SECRET_${secret.replace(/[^A-Za-z0-9]/g, "_").toUpperCase()}`;
    return say("given.secret", { variable, secret });
  }
  const found = remedies.find(([pattern]) => pattern.test(id));
  return say(found?.[1] ?? "given.remedy.other");
}

const remedies: ReadonlyArray<[RegExp, WizardKey]> = [
  [/^telegram\.caFile/, "given.remedy.telegramCa"],
  [/^telegram\.proxy/, "given.remedy.telegramProxy"],
  [/\.allowHttp$/, "given.remedy.allowHttp"],
  [/\.allowPrivateAddress$/, "given.remedy.allowPrivateAddress"],
  [/\.caFile/, "given.remedy.caFile"],
  [/\.proxy/, "given.remedy.proxy"],
  [/\.platform$/, "given.remedy.platform"],
  [/^telegram\.webhook$/, "given.remedy.webhook"],
  [/^projects$/, "given.remedy.projects"],
];

function createPlainTelling(
  print: (line: string) => void,
  say: Say,
  signal: AbortSignal,
): Pick<Ask, "begin" | "greet" | "end" | "busy" | "tell" | "note" | "screen"> {
  return {
    begin: () => undefined,
    greet: () => undefined,
    end: print,
    // What goes on is of no use in a log; what came of it is told.
    busy: async (_words, work) => {
      if (signal.aborted) throw new Interrupted();
      try {
        return await work(() => undefined);
      } catch (error) {
        throw signal.aborted ? new Interrupted() : error;
      }
    },
    tell: (tone, text) =>
      print(tone === "warning" || tone === "problem" ? say(`given.${tone}`, { text }) : text),
    note: (title, lines) => [title, ...lines.map((line) => `  ${line}`)].forEach(print),
    screen: { columns: 0, rows: 0, unicode: false, colour: false },
  };
}
