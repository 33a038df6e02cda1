/** The part of GraphQL's language that queries use: operations, fragments, fields, arguments, variables, directives. */
export interface Document {
  variables: Array<{ name: string; fallback: Value | undefined }>;
  selections: Selection[];
  fragments: Map<string, { on: string; selections: Selection[] }>;
}

export type Selection =
  | {
      kind: "field";
      name: string;
      /** The alias, or the name. */
      key: string;
      args: Record<string, Value>;
      conditions: Condition[];
      selections: Selection[] | null;
      line: number;
      column: number;
    }
  | { kind: "inline"; on: string | null; conditions: Condition[]; selections: Selection[] }
  | { kind: "spread"; name: string; conditions: Condition[] };

/** `@include(if:)` or `@skip(if:)`. */
export interface Condition {
  wanted: boolean;
  value: Value;
}

export type Value =
  | { kind: "variable"; name: string }
  | { kind: "scalar"; value: string | number | boolean | null }
  | { kind: "list"; items: Value[] }
  | { kind: "object"; fields: Record<string, Value> };

interface Token {
  text: string;
  /** A string's value; undefined for every other token. */
  string?: string;
  line: number;
  column: number;
}

/** A query that cannot be read. */
export class GraphqlSyntaxError extends Error {}

const tokenPattern =
  /"""([\s\S]*?)"""|"((?:\\.|[^"\\\n])*)"|\.\.\.|[!$():=@[\]{|}&]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|#[^\n]*|[\s,\uFEFF]+|[\s\S]/g;

function toTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let start = 0;
  for (const match of source.matchAll(tokenPattern)) {
    const text = match[0];
    const string = match[1] ?? (match[2] === undefined ? undefined : readString(match[2]));
    if (!/^(#|[\s,\uFEFF])/.test(text)) {
      const place = { text, line, column: match.index - start + 1 };
      tokens.push(string === undefined ? place : { ...place, string });
    }
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      line += 1;
      start = match.index + at + 1;
    }
  }
  return tokens;
}

function readString(text: string): string {
  return String(JSON.parse(`"${text}"`));
}

export function parse(source: string): Document {
  const reader = createReader(toTokens(source));
  const document: Document = { variables: [], selections: [], fragments: new Map() };
  let operations = 0;
  while (reader.peek() !== "") {
    if (reader.skip("fragment")) {
      const name = reader.name();
      reader.expect("on");
      document.fragments.set(name, { on: reader.name(), selections: readSelections(reader) });
      continue;
    }
    operations += 1;
    if (reader.skip("mutation") || reader.skip("subscription")) {
      throw new GraphqlSyntaxError("The sandbox answers queries only");
    }
    if (reader.skip("query")) {
      if (reader.peek() !== "(" && reader.peek() !== "{") reader.name();
      document.variables = readVariables(reader);
    }
    document.selections = readSelections(reader);
  }
  if (operations !== 1) throw new GraphqlSyntaxError("The sandbox takes exactly one operation");
  return document;
}

interface Reader {
  /** The next token's text; "" at the end. */
  peek(): string;
  skip(text: string): boolean;
  expect(text: string): void;
  name(): string;
  take(): Token;
}

function createReader(tokens: Token[]): Reader {
  let at = 0;
  const peek = (): string => (tokens[at]?.string === undefined ? (tokens[at]?.text ?? "") : '"');
  const take = (): Token => {
    const token = tokens[at];
    if (token === undefined) throw new GraphqlSyntaxError("Unexpected end of document");
    at += 1;
    return token;
  };
  const skip = (text: string): boolean => {
    if (peek() !== text) return false;
    at += 1;
    return true;
  };
  const refuse = (wanted: string): never => {
    const token = tokens[at];
    const where = token ? `"${token.text}" at [${token.line}, ${token.column}]` : "end of document";
    throw new GraphqlSyntaxError(`Parse error on ${where}: expected ${wanted}`);
  };
  return {
    peek,
    take,
    skip,
    expect: (text) => void (skip(text) || refuse(`"${text}"`)),
    name: () => (/^[A-Za-z_]\w*$/.test(peek()) ? take().text : refuse("a name")),
  };
}

function readVariables(reader: Reader): Document["variables"] {
  const variables: Document["variables"] = [];
  if (!reader.skip("(")) return variables;
  while (!reader.skip(")")) {
    reader.expect("$");
    const name = reader.name();
    reader.expect(":");
    // Types are for the official schema to check, which the tests do.
    while (/^[[\]!]$|^[A-Za-z_]\w*$/.test(reader.peek())) reader.take();
    variables.push({ name, fallback: reader.skip("=") ? readValue(reader) : undefined });
  }
  return variables;
}

function readSelections(reader: Reader): Selection[] {
  reader.expect("{");
  const selections: Selection[] = [];
  while (!reader.skip("}")) selections.push(readSelection(reader));
  return selections;
}

function readSelection(reader: Reader): Selection {
  if (reader.skip("...")) {
    const isInline = ["on", "{", "@"].includes(reader.peek());
    if (!isInline) return { kind: "spread", name: reader.name(), conditions: readConditions(reader) };
    const on = reader.skip("on") ? reader.name() : null;
    return { kind: "inline", on, conditions: readConditions(reader), selections: readSelections(reader) };
  }
  const { text: first, line, column } = reader.take();
  const name = reader.skip(":") ? reader.name() : first;
  const args = reader.skip("(") ? readArguments(reader, ")") : {};
  const conditions = readConditions(reader);
  const selections = reader.peek() === "{" ? readSelections(reader) : null;
  return { kind: "field", name, key: first, args, conditions, selections, line, column };
}

function readArguments(reader: Reader, end: string): Record<string, Value> {
  const args: Record<string, Value> = {};
  while (!reader.skip(end)) {
    const name = reader.name();
    reader.expect(":");
    args[name] = readValue(reader);
  }
  return args;
}

function readConditions(reader: Reader): Condition[] {
  const conditions: Condition[] = [];
  while (reader.skip("@")) {
    const name = reader.name();
    const args = reader.skip("(") ? readArguments(reader, ")") : {};
    if (args["if"] !== undefined) conditions.push({ wanted: name === "include", value: args["if"] });
  }
  return conditions;
}

function readValue(reader: Reader): Value {
  if (reader.skip("$")) return { kind: "variable", name: reader.name() };
  if (reader.skip("{")) return { kind: "object", fields: readArguments(reader, "}") };
  if (reader.skip("[")) {
    const items: Value[] = [];
    while (!reader.skip("]")) items.push(readValue(reader));
    return { kind: "list", items };
  }
  const { text, string } = reader.take();
  if (string !== undefined) return { kind: "scalar", value: string };
  if (text === "null") return { kind: "scalar", value: null };
  if (text === "true" || text === "false") return { kind: "scalar", value: text === "true" };
  // What is left is a number or a name of an enum.
  return { kind: "scalar", value: /^-?\d/.test(text) ? Number(text) : text };
}
