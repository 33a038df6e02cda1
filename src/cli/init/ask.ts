/** The person ended the wizard with Ctrl-C (or the terminal was closed). Nothing has been written by then. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}

export type Tone = "info" | "good" | "warning" | "problem";

interface Question {
  /** The name of the answer in an answers file: `connections[0].url`. */
  id: string;
  message: string;
}

export interface TextQuestion extends Question {
  /** Shown greyed where nothing is typed yet. */
  example?: string;
  /** What Enter alone means. */
  initial?: string;
  /** A sentence when the text cannot be taken; the person goes on typing where they were. */
  check?: (text: string) => string | undefined;
}

export interface SecretQuestion extends Question {
  /** The secret's name, for those who give it by the environment or stdin: `connection/work`. */
  secret: string;
  /** How to come by it, for a person who is asked. */
  howTo?: { title: string; lines: readonly string[] } | undefined;
  check?: (text: string) => string | undefined;
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  hint?: string | undefined;
}

export interface SelectQuestion<Value extends string> extends Question {
  choices: ReadonlyArray<Choice<Value>>;
  /** Where the cursor is at first, and what is taken where nobody can be asked. */
  initial?: Value | undefined;
  /** What is taken where nobody can be asked, where that is something else. */
  unattended?: Value;
  /** The answer where the secret was given beforehand. */
  given?: { secret: string; value: Value };
}

export interface PickQuestion<Value extends string> extends Question {
  choices: ReadonlyArray<Choice<Value>>;
  initial: readonly Value[];
  /** False: none at all is an answer too. */
  required: boolean;
}

/** A long list that is narrowed by typing; what is typed can be taken as it stands. */
export interface SearchQuestion extends Question {
  choices: ReadonlyArray<Choice<string>>;
  initial: readonly string[];
  /** The choice that stands for the typed text itself, or undefined where it means nothing yet. */
  typed: (text: string) => Choice<string> | undefined;
}

export interface ConfirmQuestion extends Question {
  initial: boolean;
}

/**
 * How the wizard talks to whoever answers: a terminal, a file of answers, or a test. Every question rejects with `Interrupted`
 * when the person ends the wizard. A question that is asked once more has the same id: a file has no second answer, and the
 * last `problem` says why the first was not good.
 */
export interface Ask {
  text(question: TextQuestion): Promise<string>;
  secret(question: SecretQuestion): Promise<string>;
  select<Value extends string>(question: SelectQuestion<Value>): Promise<Value>;
  pick<Value extends string>(question: PickQuestion<Value>): Promise<Value[]>;
  search(question: SearchQuestion): Promise<string[]>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
  /**
   * Shows that something goes on for as long as `work` runs; `show` changes the words. `skip` is called when the person presses
   * Enter because they do not want to wait.
   */
  busy<T>(words: string, work: (show: (words: string) => void) => Promise<T>, skip?: () => void): Promise<T>;
  tell(tone: Tone, text: string): void;
  /** The first and the last line. */
  begin(title: string): void;
  end(text: string): void;
  /** What this is about, for somebody who sits there. */
  greet(text: string): void;
  /** Several lines under a title. */
  note(title: string, lines: readonly string[]): void;
  /** Aborted when the person ends the wizard: everything that waits listens to it. */
  signal: AbortSignal;
  /** What can be shown: more than ASCII, colours. */
  screen: { columns: number; rows: number; unicode: boolean; colour: boolean };
}
