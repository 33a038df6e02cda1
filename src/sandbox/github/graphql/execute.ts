import type { Document, Selection, Value } from "./parse.js";

/** A value of arguments and variables. */
export type Input = string | number | boolean | null | Input[] | { [name: string]: Input };

export type Args = Record<string, Input>;

/** What a field gives: a scalar, an object with its type, a list of these, or a function of the arguments that gives one. */
export type Output =
  string | number | boolean | null | undefined | GraphqlObject | Output[] | ((args: Args) => Output);

export interface GraphqlObject {
  /** The object's type; `interfaces` are what else an inline fragment may call it. */
  __typename: string;
  interfaces?: string[];
  fields: Record<string, Output>;
}

/** An argument that must be text; "" when it is missing or something else. */
export function textOf(value: Input | undefined): string {
  return typeof value === "string" ? value : "";
}

export interface GraphqlProblem {
  type?: string;
  path?: Array<string | number>;
  locations?: Array<{ line: number; column: number }>;
  message: string;
}

/** Thrown by a field: the field is null, and the answer says why. */
export class FieldError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** A query that does not fit the types: no data at all. */
export class QueryError extends Error {
  readonly problem: GraphqlProblem;

  constructor(problem: GraphqlProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

type FieldSelection = Extract<Selection, { kind: "field" }>;

interface Run {
  document: Document;
  variables: Args;
  errors: GraphqlProblem[];
}

export function execute(
  document: Document,
  variables: Args,
  root: GraphqlObject,
): { data: unknown; errors: GraphqlProblem[] } {
  const run: Run = { document, variables: readVariables(document, variables), errors: [] };
  const data = readObject(run, root, { selections: document.selections, path: [] });
  return { data, errors: run.errors };
}

export function readVariables(document: Document, given: Args): Args {
  const variables: Args = {};
  for (const { name, fallback } of document.variables) {
    const value = given[name] ?? (fallback && toInput(fallback, {}));
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** A value as written, with its variables filled in. A variable that is not given is left out. */
function toInput(value: Value, variables: Args): Input | undefined {
  switch (value.kind) {
    case "variable":
      return variables[value.name];
    case "scalar":
      return value.value;
    case "list":
      return value.items.map((item) => toInput(item, variables) ?? null);
    case "object":
      return toArgs(value.fields, variables);
  }
}

export function toArgs(fields: Record<string, Value>, variables: Args): Args {
  const args: Args = {};
  for (const [name, value] of Object.entries(fields)) {
    const input = toInput(value, variables);
    if (input !== undefined) args[name] = input;
  }
  return args;
}

/** The fields that apply to an object, fragments opened; the same key twice is merged. */
export function collectFields(
  context: { document: Document; variables: Args },
  selections: Selection[],
  fits: (type: string) => boolean,
): FieldSelection[] {
  const found = new Map<string, FieldSelection>();
  const add = (field: FieldSelection): void => {
    const known = found.get(field.key);
    const both = known?.selections && field.selections ? [...known.selections, ...field.selections] : null;
    found.set(field.key, known && both ? { ...known, selections: both } : field);
  };
  for (const selection of selections) {
    const holds = selection.conditions.every(
      ({ wanted, value }) => (toInput(value, context.variables) === true) === wanted,
    );
    if (!holds) continue;
    if (selection.kind === "field") {
      add(selection);
      continue;
    }
    const fragment = selection.kind === "inline" ? selection : context.document.fragments.get(selection.name);
    if (fragment === undefined) throw new QueryError({ message: "A fragment is used and not defined" });
    if (fragment.on !== null && !fits(fragment.on)) continue;
    for (const field of collectFields(context, fragment.selections, fits)) add(field);
  }
  return [...found.values()];
}

interface Place {
  selections: Selection[];
  path: Array<string | number>;
}

function readObject(run: Run, object: GraphqlObject, place: Place): Record<string, unknown> {
  const fits = (type: string): boolean =>
    type === object.__typename || (object.interfaces?.includes(type) ?? false);
  const result: Record<string, unknown> = {};
  for (const field of collectFields(run, place.selections, fits)) {
    const path = [...place.path, field.key];
    result[field.key] =
      field.name === "__typename" ? object.__typename : readField(run, object, { field, path });
  }
  return result;
}

function readField(
  run: Run,
  object: GraphqlObject,
  at: { field: FieldSelection; path: Array<string | number> },
): unknown {
  const { field, path } = at;
  const locations = [{ line: field.line, column: field.column }];
  if (!(field.name in object.fields)) {
    const message = `Field '${field.name}' doesn't exist on type '${object.__typename}'`;
    throw new QueryError({ message, path, locations });
  }
  const complete = (output: Output, here: Array<string | number>): unknown => {
    try {
      const value = typeof output === "function" ? output(toArgs(field.args, run.variables)) : output;
      if (typeof value === "function") return complete(value, here);
      if (value === null || value === undefined) return null;
      if (Array.isArray(value)) return value.map((item, index) => complete(item, [...here, index]));
      if (typeof value !== "object") return value;
      if (field.selections === null) {
        const message = `Field must have selections (field '${field.name}' returns ${value.__typename})`;
        throw new QueryError({ message, path: here, locations });
      }
      return readObject(run, value, { selections: field.selections, path: here });
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      run.errors.push({ type: error.type, path: here, locations, message: error.message });
      return null;
    }
  };
  return complete(object.fields[field.name], path);
}
