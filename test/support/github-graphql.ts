import { schema as official } from "@octokit/graphql-schema";
import {
  buildSchema,
  getNamedType,
  getVariableValues,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql";
import type { LedgerEntry } from "../../src/sandbox/ledger.js";

let loaded: GraphQLSchema | undefined;

/** Checks every recorded GraphQL exchange against GitHub's schema: the query, its variables, and the shape of the answer. */
export function checkGitHubGraphql(entries: LedgerEntry[]): string[] {
  const asked = entries.filter(({ exchange }) => exchange.path === "/api/graphql");
  if (asked.length === 0) return [];
  loaded ??= buildSchema(official.idl, { assumeValidSDL: true });
  const schema = loaded;
  return asked.flatMap((entry) => checkEntry(schema, entry));
}

function checkEntry(schema: GraphQLSchema, entry: LedgerEntry): string[] {
  const { query, variables } = readQuestion(entry);
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return [`GraphQL query does not parse: ${String(error)}`];
  }
  const invalid = validate(schema, document).map((error) => `GraphQL query: ${error.message}`);
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (invalid.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return invalid;
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const wrong = errors.map((error) => `GraphQL variables: ${error.message}`);
  const root = schema.getQueryType();
  const data = entry.fault === undefined ? dataOf(entry) : undefined;
  if (data === undefined || data === null || !root) return wrong;
  const check = { schema, document, problems: [] as string[] };
  checkObject(check, { type: root, value: data, set: operation.selectionSet, path: "data" });
  return [...wrong, ...check.problems];
}

function readQuestion(entry: LedgerEntry): { query: string; variables: Record<string, unknown> } {
  const question = JSON.parse(entry.exchange.body.toString()) as {
    query: string;
    variables?: Record<string, unknown> | null;
  };
  return { query: question.query, variables: question.variables ?? {} };
}

function dataOf(entry: LedgerEntry): unknown {
  const { body } = entry.reply;
  if (typeof body !== "object" || !("data" in body)) return undefined;
  return JSON.parse(JSON.stringify(body.data ?? null));
}

interface Check {
  schema: GraphQLSchema;
  document: DocumentNode;
  problems: string[];
}

interface Spot {
  type: GraphQLOutputType;
  value: unknown;
  set: SelectionSetNode | undefined;
  path: string;
}

function checkValue(check: Check, spot: Spot): void {
  const { type, value, path } = spot;
  if (isNonNullType(type)) {
    if (value === null || value === undefined)
      check.problems.push(`${path}: null where ${String(type)} is promised`);
    else checkValue(check, { ...spot, type: type.ofType });
    return;
  }
  if (value === null) return;
  if (isListType(type)) {
    if (!Array.isArray(value)) check.problems.push(`${path}: not a list`);
    else
      value.forEach((item, index) =>
        checkValue(check, { ...spot, type: type.ofType, value: item, path: `${path}[${index}]` }),
      );
    return;
  }
  if (isObjectType(type) || isAbstractType(type)) return checkObject(check, spot);
  if (!isLeafOf(getNamedType(type).name, value, check.schema)) {
    check.problems.push(`${path}: ${JSON.stringify(value)} is no ${String(type)}`);
  }
}

function isLeafOf(name: string, value: unknown, schema: GraphQLSchema): boolean {
  if (name === "Boolean") return typeof value === "boolean";
  if (name === "Int") return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
  if (name === "Float") return typeof value === "number";
  if (name === "DateTime")
    return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
  if (name === "BigInt") return typeof value === "string" && /^\d+$/.test(value);
  if (name === "GitObjectID") return typeof value === "string" && /^[\da-f]{40}$/.test(value);
  if (name === "URI") return typeof value === "string" && URL.canParse(value, "http://host");
  const type = schema.getType(name);
  if (type !== undefined && "getValues" in type) return type.getValues().some((one) => one.name === value);
  return typeof value === "string";
}

function checkObject(check: Check, { type, value, set, path }: Spot): void {
  if (typeof value !== "object" || value === null || set === undefined) {
    return void check.problems.push(`${path}: not an object`);
  }
  const answer = value as Record<string, unknown>;
  const named = getNamedType(type);
  const typename = typeof answer["__typename"] === "string" ? answer["__typename"] : undefined;
  const concrete = isAbstractType(named) ? check.schema.getType(typename ?? "") : named;
  if (typename !== undefined && isAbstractType(named)) {
    const fits = isObjectType(concrete) && check.schema.isSubType(named, concrete);
    if (!fits) check.problems.push(`${path}: ${typename} is no ${named.name}`);
  }
  // Without `__typename` an abstract type cannot be told apart: then only the fields that came are checked.
  if (!isObjectType(concrete)) return;
  if (typename !== undefined && typename !== concrete.name) {
    check.problems.push(`${path}: ${typename} where ${concrete.name} is promised`);
  }
  const fields = collect(check, set, concrete.name);
  for (const [key, nodes] of fields) {
    const name = nodes[0]?.name.value ?? "";
    if (name === "__typename") continue;
    const field = concrete.getFields()[name];
    if (field === undefined) continue;
    if (!(key in answer)) check.problems.push(`${path}.${key}: missing`);
    const selections = nodes.flatMap((node) => node.selectionSet?.selections ?? []);
    const inner = selections.length > 0 ? { kind: Kind.SELECTION_SET as const, selections } : undefined;
    checkValue(check, { type: field.type, value: answer[key], set: inner, path: `${path}.${key}` });
  }
  for (const key of Object.keys(answer)) {
    if (!fields.has(key)) check.problems.push(`${path}.${key}: nobody asked for it`);
  }
}

function collect(check: Check, set: SelectionSetNode, typename: string): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const type = check.schema.getType(typename);
  const fits = (name: string | undefined): boolean => {
    if (name === undefined || name === typename) return true;
    const other = check.schema.getType(name);
    return isAbstractType(other) && isObjectType(type) && check.schema.isSubType(other, type);
  };
  const walk = (selections: SelectionSetNode): void => {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        if ((selection.directives ?? []).length > 0) continue;
        const key = selection.alias?.value ?? selection.name.value;
        found.set(key, [...(found.get(key) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (fits(selection.typeCondition?.name.value)) walk(selection.selectionSet);
      } else {
        const fragment = check.document.definitions.find(
          (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
        );
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION && fits(fragment.typeCondition.name.value)) {
          walk(fragment.selectionSet);
        }
      }
    }
  };
  walk(set);
  return found;
}
