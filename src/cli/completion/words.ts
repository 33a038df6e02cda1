import type { CommandNode, OptionNode } from "../command-tree.js";

/** What may come next at one place of the command line. */
export interface Place {
  /** The words so far: `["subscriptions"]`. */
  path: readonly string[];
  words: readonly Word[];
}

export interface Word {
  text: string;
  /** One line, without the end of a sentence. */
  about: string;
  /** For an option: it takes a value, perhaps one of these. */
  value?: { choices: readonly string[] };
}

export interface Completions {
  places: readonly Place[];
  /** Every command, its words joined by spaces. */
  commands: readonly string[];
  /** The options behind which a value stands. */
  valued: readonly Word[];
}

/** Every place of the tree with what may follow there: commands, the choices of the first argument, options. */
export function toCompletions(tree: CommandNode): Completions {
  const common = tree.options.flatMap(toWords);
  const visit = (node: CommandNode): Place[] => [
    { path: node.path, words: unique([...toOwnWords(node), ...common]) },
    ...node.commands.flatMap(visit),
  ];
  const places = visit(tree);
  return {
    places,
    commands: places.filter(({ path }) => path.length > 0).map(({ path }) => path.join(" ")),
    valued: unique(places.flatMap(({ words }) => words.filter(({ value }) => value !== undefined))),
  };
}

function toOwnWords(node: CommandNode): Word[] {
  const commands = node.commands.map(({ path, description }) => ({
    text: path.at(-1) ?? "",
    about: toLine(description),
  }));
  const [first] = node.arguments;
  const choices = (first?.choices ?? []).map((text) => ({ text, about: toLine(first?.description ?? "") }));
  return [...commands, ...choices, ...node.options.flatMap(toWords)];
}

function toWords(option: OptionNode): Word[] {
  const about = toLine(option.description);
  const value = option.takesValue ? { value: { choices: option.choices } } : {};
  return [option.long, option.short].flatMap((text) =>
    text === undefined ? [] : [{ text, about, ...value }],
  );
}

function unique(words: readonly Word[]): Word[] {
  return [...new Map(words.map((word) => [word.text, word])).values()];
}

function toLine(text: string): string {
  return (text.split("\n")[0] ?? "").trim();
}
