import { AutocompletePrompt } from "@clack/core";
import type * as Clack from "@clack/prompts";
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import type { Say } from "../../i18n/wizard.js";
import { wrap } from "./screen.js";

export interface SearchOption {
  value: string;
  label: string;
  hint?: string | undefined;
  /** Made of what was typed: nothing that was found. */
  isTyped?: true;
}

export interface SearchPromptOptions {
  clack: typeof Clack;
  say: Say;
  columns: number;
  common: { input: Readable; output: Writable; signal: AbortSignal };
  message: string;
  initial: readonly string[];
  /** What is listed for the text that was typed so far. */
  options: (typed: string) => SearchOption[];
  matches: (typed: string, option: SearchOption) => boolean;
}

type Prompt = AutocompletePrompt<SearchOption>;

const indent = 4;

/** A long list that typing narrows. clack's own speaks English alone and breaks where the question is wider than the terminal. */
export async function promptSearch(given: SearchPromptOptions): Promise<string[] | symbol> {
  const { common, initial, options, matches } = given;
  const prompt = new AutocompletePrompt<SearchOption>({
    ...common,
    multiple: true,
    initialValue: [...initial],
    filter: matches,
    options(this: Prompt) {
      return options(this.userInput.trim());
    },
    render(this: Prompt) {
      return render(this, given);
    },
  });
  const answer = await prompt.prompt();
  if (typeof answer === "symbol") return answer;
  return Array.isArray(answer) ? answer : [];
}

function render(prompt: Prompt, { clack, say, columns, message, common }: SearchPromptOptions): string {
  const bar = styleText("gray", clack.S_BAR);
  const asked = wrap(message, columns - indent);
  const title = [
    bar,
    ...asked.map((line, index) => `${index === 0 ? clack.symbol(prompt.state) : bar}  ${line}`),
  ];
  if (prompt.state === "submit")
    return [...title, `${bar}  ${styleText("dim", chosenOf(prompt, say))}`].join("\n");
  if (prompt.state === "cancel") return [...title, bar].join("\n");
  const side = `${styleText("cyan", clack.S_BAR)}  `;
  const { filteredOptions, options, userInput } = prompt;
  const found = filteredOptions.filter(({ isTyped }) => isTyped !== true).length;
  const count = say("search.matches", { count: found });
  const matched =
    found === 0 || filteredOptions.length === options.length ? "" : styleText("dim", ` (${count})`);
  const typed = prompt.isNavigating ? styleText("dim", userInput) : prompt.userInputWithCursor;
  const head = [
    ...title,
    side,
    `${side}${styleText("dim", say("search.label"))} ${typed}${matched}`,
    ...(filteredOptions.length === 0 ? [`${side}${styleText("yellow", say("search.none"))}`] : []),
  ];
  const keys = [
    say("keys.move"),
    say(prompt.isNavigating ? "keys.markBoth" : "keys.markTab"),
    say("keys.done"),
    say("keys.type"),
  ];
  const foot = [
    ...wrap(keys.join(" • "), columns - indent).map((line) => `${side}${styleText("dim", line)}`),
    styleText("cyan", clack.S_BAR_END),
  ];
  const listed = clack.limitOptions({
    ...{ cursor: prompt.cursor, options: filteredOptions, maxItems: 10, output: common.output },
    ...{ rowPadding: head.length + foot.length, columnPadding: indent },
    style: (option, isActive) => toRow(prompt, option, { clack, isActive, columns }),
  });
  return [...head, ...listed.map((line) => `${side}${line}`), ...foot].join("\n");
}

function toRow(
  { selectedValues }: Prompt,
  { value, label, hint }: SearchOption,
  { clack, isActive, columns }: { clack: typeof Clack; isActive: boolean; columns: number },
): string {
  const isChosen = selectedValues.includes(value);
  const box = isChosen
    ? styleText("green", clack.S_CHECKBOX_SELECTED)
    : styleText("dim", clack.S_CHECKBOX_INACTIVE);
  const room = columns - indent - 5;
  const shownHint =
    isActive && hint && label.length + hint.length + 3 <= room ? styleText("dim", ` (${hint})`) : "";
  return `${box} ${isActive ? label : styleText("dim", label)}${shownHint}`;
}

/** A few are named, many are counted. */
function chosenOf({ selectedValues, options }: Prompt, say: Say): string {
  const labels = selectedValues.map((value) => options.find((one) => one.value === value)?.label ?? value);
  const named = labels.join(", ");
  return labels.length > 0 && named.length <= 50 ? named : say("search.chosen", { count: labels.length });
}
