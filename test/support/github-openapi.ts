import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { LedgerEntry } from "../../src/sandbox/ledger.js";

/**
 * Checks recorded exchanges against GitHub's official description, in both directions: what was asked (path, method, query,
 * body) and what was answered (status, body).
 */
const require = createRequire(import.meta.url);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Exchanges that the description does not hold, each for its reason. */
const outsideDescription: Array<{ path: RegExp; reason: string }> = [
  { path: /^\/api\/graphql$/, reason: "GraphQL has its own schema: checkGitHubGraphql" },
  { path: /^\/[^/]+\/[^/]+\.git\//, reason: "git's protocol is not REST" },
  { path: /^\/logs\/\d+\.txt$/, reason: "the blob host of job logs is not GitHub's API" },
];

/** Where the description is known to be stricter than GitHub. */
const allowedDeviations: Array<{ operation: string; error: RegExp; reason: string }> = [
  {
    operation: "GET /notifications",
    error: /\/subject\/(latest_comment_)?url must be string/,
    reason: "a CheckSuite has no address: Gitify and others see null",
  },
  {
    operation: "GET /notifications/threads/{thread_id}",
    error: /\/subject\/(latest_comment_)?url must be string/,
    reason: "as above",
  },
  {
    operation: "GET /repos/{owner}/{repo}/actions/runs",
    error: /^query created=/,
    reason:
      "its text says that it takes the search syntax for dates (`>=2026-01-01`), its schema says date-time",
  },
];

/** Statuses that any operation may answer, which the description lists for some only. */
const universalStatuses = new Set(["301", "304", "307", "400", "401", "403", "404", "429"]);

interface Operation {
  name: string;
  definition: JsonObject;
  parameters: JsonObject[];
}

interface Description {
  document: JsonObject;
  find(method: string, path: string): Operation | undefined;
  validate(schema: Json, value: unknown, key: string): string[];
}

let loaded: Description | undefined;

/** Returns one line for each violation; none is an empty list. Entries that a fault spoiled are checked as requests only. */
export function checkGitHubExchanges(entries: LedgerEntry[]): string[] {
  loaded ??= loadDescription();
  const description = loaded;
  return entries
    .filter((entry) => !outsideDescription.some(({ path }) => path.test(entry.exchange.path)))
    .flatMap((entry) => checkEntry(description, entry));
}

function checkEntry(description: Description, entry: LedgerEntry): string[] {
  const { exchange, reply } = entry;
  const path = exchange.path.replace(/^\/api\/v3/, "");
  // A renamed repository redirects to /repositories/ID/…, which answers like /repos/OWNER/NAME/… and is described as that alone.
  const known = path.replace(/^\/repositories\/\d+/, "/repos/owner/name");
  const operation = description.find(exchange.method, known);
  if (operation === undefined) return [`${exchange.method} ${path}: no such operation`];
  const problems = [
    ...checkQuery(description, operation, exchange.query),
    ...checkRequestBody(description, operation, exchange.body),
    ...(entry.fault === undefined ? checkReply(description, operation, reply) : []),
  ];
  const isAllowed = (problem: string): boolean =>
    allowedDeviations.some((one) => one.operation === operation.name && one.error.test(problem));
  return problems.filter((problem) => !isAllowed(problem)).map((problem) => `${operation.name}: ${problem}`);
}

function checkQuery(description: Description, operation: Operation, query: URLSearchParams): string[] {
  const problems: string[] = [];
  for (const [name, text] of query) {
    const parameter = operation.parameters.find((known) => known["name"] === name && known["in"] === "query");
    if (parameter === undefined) {
      problems.push(`unknown query parameter ${name}`);
      continue;
    }
    const schema = asObject(parameter["schema"]);
    const value = readParameter(text, schema);
    const key = `${operation.name} ?${name}`;
    problems.push(
      ...description.validate(schema, value, key).map((error) => `query ${name}=${text}: ${error}`),
    );
    const limit = /max (\d+)/i.exec(textOf(parameter["description"]))?.[1];
    if (limit !== undefined && Number(text) > Number(limit))
      problems.push(`query ${name}=${text}: more than ${limit}`);
  }
  for (const parameter of operation.parameters) {
    if (parameter["in"] !== "query" || parameter["required"] !== true) continue;
    const name = textOf(parameter["name"]);
    if (!query.has(name)) problems.push(`query parameter ${name} is missing`);
  }
  return problems;
}

function readParameter(text: string, schema: JsonObject): unknown {
  if (schema["type"] === "integer" || schema["type"] === "number") return Number(text);
  if (schema["type"] === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function checkRequestBody(description: Description, operation: Operation, body: Buffer): string[] {
  const definition = asObject(operation.definition["requestBody"]);
  if (body.length === 0) return definition["required"] === true ? ["a body is required"] : [];
  const schema = jsonSchemaOf(definition);
  if (schema === undefined) return ["a body is sent where none is described"];
  const value: unknown = JSON.parse(body.toString());
  const problems = description.validate(schema, value, `${operation.name} body`);
  const properties = propertiesOf(schema);
  const sent = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const unknown = properties.length > 0 ? sent.filter((name) => !properties.includes(name)) : [];
  return [...problems, ...unknown.map((name) => `unknown body property ${name}`)].map(
    (text) => `request body: ${text}`,
  );
}

/** A nullable body is a choice between the object and null: see toJsonSchema. */
function propertiesOf(schema: Json): string[] {
  const choices = [schema, ...list(asObject(schema)["anyOf"])];
  return choices.flatMap((choice) => Object.keys(asObject(asObject(choice)["properties"])));
}

function checkReply(description: Description, operation: Operation, reply: LedgerEntry["reply"]): string[] {
  const status = String(reply.status);
  const definition = description.document;
  const described = asObject(asObject(operation.definition["responses"])[status]);
  if (Object.keys(described).length === 0) {
    return universalStatuses.has(status) ? [] : [`status ${status} is not described`];
  }
  const response = resolve(definition, described);
  const schema = jsonSchemaOf(response);
  const hasBody = reply.body !== undefined && reply.body !== "";
  if (schema === undefined)
    return hasBody && reply.status < 300 ? [`${status}: a body is sent where none is described`] : [];
  if (!hasBody) return reply.status === 304 ? [] : [`${status}: the body is missing`];
  const value: unknown = JSON.parse(JSON.stringify(reply.body));
  const errors = description.validate(schema, value, `${operation.name} ${status}`);
  return errors.map((error) => `${status}: ${error}`);
}

function jsonSchemaOf(holder: JsonObject): Json | undefined {
  return asObject(asObject(holder["content"])["application/json"])["schema"];
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function resolve(document: JsonObject, value: JsonObject): JsonObject {
  const ref = value["$ref"];
  if (typeof ref !== "string") return value;
  let found: Json | undefined = document;
  for (const part of ref.replace(/^#\//, "").split("/")) found = asObject(found)[part];
  return resolve(document, asObject(found));
}

/** The file is 13 MB: read once, and only the schemas that are met are compiled. */
function loadDescription(): Description {
  const file = require.resolve("@octokit/openapi/generated/api.github.com.json");
  const document = toJsonSchema(JSON.parse(readFileSync(file, "utf8")) as Json) as JsonObject;
  chooseEventPayload(document);
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    logger: false,
    validateSchema: false,
    inlineRefs: false,
  });
  formats.default(ajv);
  ajv.addFormat("timestamp", true);
  ajv.addSchema({ $id: "github", components: document["components"] });
  const compiled = new Map<string, ValidateFunction>();
  const operations = toOperations(document);
  return {
    document,
    find: (method, path) =>
      operations.find((known) => known.method === method && known.pattern.test(path))?.operation,
    validate: (schema, value, key) => {
      const check = compiled.get(key) ?? ajv.compile(withBase(schema) as object);
      compiled.set(key, check);
      if (check(value) === true) return [];
      return (check.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message ?? ""}`);
    },
  };
}

/**
 * The payload of a repository event is described as exactly one of sixteen schemas, and one of them, that of a PublicEvent, is
 * empty and matches anything. The event's type says which one is meant.
 */
function chooseEventPayload(document: JsonObject): void {
  const event = asObject(asObject(asObject(document["components"])["schemas"])["event"]);
  const payload = asObject(asObject(event["properties"])["payload"]);
  const choices = list(payload["oneOf"]);
  event["allOf"] = choices.map((choice) => {
    const name = textOf(asObject(choice)["$ref"]).split("/").at(-1) ?? "";
    const type = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    return {
      if: { properties: { type: { const: type } } },
      then: { properties: { payload: choice } },
    };
  });
  delete payload["oneOf"];
}

/** OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., "null"]`. */
function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJsonSchema(inner)]));
  if (copy["nullable"] !== true) return copy;
  delete copy["nullable"];
  return { anyOf: [copy, { type: "null" }] };
}

function withBase(value: Json): Json {
  if (Array.isArray(value)) return value.map(withBase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && typeof inner === "string" ? [key, `github${inner}`] : [key, withBase(inner)],
    ),
  );
}

function toOperations(
  document: JsonObject,
): Array<{ method: string; pattern: RegExp; operation: Operation }> {
  const rows = Object.entries(asObject(document["paths"])).flatMap(([path, item]) =>
    Object.entries(asObject(item))
      .filter(([verb]) => ["get", "put", "post", "patch", "delete"].includes(verb))
      .map(([verb, definition]) => {
        const method = verb.toUpperCase();
        const body = asObject(definition);
        const parameters = [...list(asObject(item)["parameters"]), ...list(body["parameters"])];
        const operation: Operation = {
          name: `${method} ${path}`,
          definition: body,
          parameters: parameters.map((parameter) => resolve(document, asObject(parameter))),
        };
        // References and branches may hold slashes.
        const source = path.replace(/\{(\w+)\}/g, (_, name: string) =>
          ["ref", "branch", "basehead", "path"].includes(name) ? ".+" : "[^/]+",
        );
        return { method, pattern: new RegExp(`^${source}$`), operation, holes: path.split("{").length };
      }),
  );
  // The path with the fewest holes is meant: /pulls/comments before /pulls/{pull_number}.
  return rows.sort((a, b) => a.holes - b.holes);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
