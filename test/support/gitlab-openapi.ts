import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { LedgerEntry } from "../../src/sandbox/ledger.js";

/** GitLab's own description of its REST API lies beside the checkout; without it there is nothing to check against. */
const file = fileURLToPath(new URL("../../../shared/spec/gitlab-openapi-v2.json", import.meta.url));

export const hasGitLabDescription = existsSync(file);

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
}

interface Operation {
  parameters?: Array<{ in: string; name: string; schema?: Schema }>;
  responses: Record<string, { schema?: Schema }>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  definitions: Record<string, Schema>;
}

/** Operations that exist (docs.gitlab.com, GL:lib/api) and that this description leaves out. */
const undescribed = [
  /^GET \/api\/v4\/user$/,
  /^GET \/api\/v4\/todos$/,
  /^POST \/api\/v4\/todos\/(\d+\/)?mark_as_done$/,
  /^(GET|POST) \/api\/v4\/projects\/[^/]+\/(merge_requests|issues)\/\d+\/notes$/,
  /^GET \/api\/v4\/projects\/[^/]+\/merge_requests\/\d+\/resource_state_events$/,
  /^GET \/api\/v4\/projects\/[^/]+\/merge_requests\/\d+\/discussions$/,
];

/** Parameters that are documented in words and missing from the description. */
const undescribedParameters: Record<string, string[]> = {
  // Offset paging works on every list (doc/api/rest), described or not.
  "*": ["page", "per_page", "pagination"],
  // Added in 17.10, after the state of this description (GL:lib/api/merge_request_approvals.rb).
  "POST /api/v4/projects/{id}/merge_requests/{merge_request_iid}/approve": ["publish_review"],
};

/** Where the description names one entity and GitLab sends a list of them (`using:` without `is_array`). */
const reallyLists = new Set([
  "API_Entities_MergeRequest.assignees",
  "API_Entities_MergeRequest.reviewers",
  "API_Entities_MergeRequestBasic.assignees",
  "API_Entities_MergeRequestBasic.reviewers",
  "API_Entities_Issue.assignees",
  "API_Entities_MergeRequestApprovals.approved_by",
  "GET /api/v4/projects/{id}/merge_requests/{merge_request_iid}/reviewers",
  "GET /api/v4/projects/{id}/merge_requests/{merge_request_iid}/pipelines",
]);

/** Properties whose described type is wrong, or that are missing, each with its reason. */
const corrections: Record<string, Record<string, Schema>> = {
  // A date without a time (GL:lib/api/entities/personal_access_token.rb), as every recorded answer has it.
  API_Entities_PersonalAccessTokenWithLastUsedIps: { expires_at: { type: "string", format: "date" } },
  // The list of pipelines has carried the name since 15.11 (recorded in ciList.json).
  API_Entities_Ci_PipelineBasic: { name: { type: "string" } },
};

/** Answers that every operation can give, described or not. */
const generalStatuses = new Set([301, 304, 400, 401, 403, 404, 405, 429]);

/** Statuses that the description lacks: cancelling answers 200 (GL:lib/api/ci/pipelines.rb sets it), ranges 206. */
const undescribedStatuses: Record<string, number[]> = {
  "POST /api/v4/projects/{id}/pipelines/{pipeline_id}/cancel": [200],
  "GET /api/v4/projects/{id}/jobs/{job_id}/trace": [206, 416],
  "POST /api/v4/projects/{id}/merge_requests/{merge_request_iid}/approve": [409],
};

/** Lists whose rows are a richer entity under a condition that the description cannot express, and that entity. */
const richerRows: Record<string, { when: (query: URLSearchParams) => boolean; entity: string }> = {
  // Without `simple` a signed-in person gets whole projects (GL:lib/api/projects.rb).
  "GET /api/v4/projects": {
    when: (query) => query.get("simple") !== "true",
    entity: "API_Entities_ProjectWithAccess",
  },
  "GET /api/v4/projects/{id}/wikis": {
    when: (query) => query.has("with_content"),
    entity: "API_Entities_WikiPage",
  },
};

/** The described answer of a job's log is the job; GitLab sends the log as text. */
const textAnswers = new Set(["GET /api/v4/projects/{id}/jobs/{job_id}/trace"]);

let loaded: { description: Description; validators: Map<string, ValidateFunction>; ajv: Ajv } | undefined;

function load() {
  if (loaded !== undefined) return loaded;
  const description = JSON.parse(readFileSync(file, "utf8")) as Description;
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  for (const [name, schema] of Object.entries(description.definitions)) {
    ajv.addSchema(toSchema(schema, name), `http://gitlab/${name}`);
  }
  loaded = { description, validators: new Map(), ajv };
  return loaded;
}

/**
 * Compares what a sandbox GitLab was asked and answered with GitLab's own description: every path and method exists, every
 * parameter is a known one, every status is a described one, and every answer has the described keys and types and no others.
 * Gives one sentence per difference; the known errors of the description are listed above.
 */
export function checkGitLabExchanges(entries: LedgerEntry[]): string[] {
  const problems = new Set<string>();
  for (const entry of entries) {
    if (entry.fault !== undefined || !entry.exchange.path.includes("/api/v4/")) continue;
    for (const problem of checkOne(entry)) problems.add(problem);
  }
  return [...problems];
}

function checkOne(entry: LedgerEntry): string[] {
  const { exchange, reply } = entry;
  const path = exchange.path.slice(exchange.path.indexOf("/api/v4/"));
  const line = `${exchange.method} ${path}`;
  const found = findOperation(exchange.method, path);
  if (found === undefined) {
    return undescribed.some((known) => known.test(line)) ? [] : [`${line}: no such operation`];
  }
  const { name, operation } = found;
  const problems = [...checkParameters(entry, name, operation)];
  if (reply.operation !== undefined && reply.operation !== name) {
    problems.push(`${line}: the sandbox took it for ${reply.operation}`);
  }
  const described = Object.keys(operation.responses).map(Number);
  const allowed = [...described, ...(undescribedStatuses[name] ?? [])];
  if (!allowed.includes(reply.status) && !generalStatuses.has(reply.status)) {
    problems.push(`${name}: answers ${reply.status}, described are ${described.join(", ")}`);
  }
  if (reply.status === 200 || reply.status === 201) problems.push(...checkBody(entry, name, operation));
  return problems;
}

function findOperation(method: string, path: string): { name: string; operation: Operation } | undefined {
  const matches = Object.entries(load().description.paths).flatMap(([template, methods]) => {
    const operation = methods[method.toLowerCase()];
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
    if (operation === undefined || !new RegExp(`^${pattern}$`).test(path)) return [];
    return [{ name: `${method} ${template}`, operation, fixed: template.replace(/\{[^}]+\}/g, "").length }];
  });
  return matches.sort((a, b) => b.fixed - a.fixed)[0];
}

function* checkParameters(entry: LedgerEntry, name: string, operation: Operation): Generator<string> {
  const known = new Set([...(undescribedParameters["*"] ?? []), ...(undescribedParameters[name] ?? [])]);
  const bodyNames = new Set(known);
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === "query") known.add(parameter.name);
    if (parameter.in !== "body") continue;
    const schema = resolve(parameter.schema ?? {});
    for (const property of Object.keys(schema.properties ?? {})) bodyNames.add(property);
  }
  for (const raw of entry.exchange.query.keys()) {
    const key = raw.replace(/\[\]$/, "");
    const allowed = known.has(key) || (entry.exchange.method !== "GET" && bodyNames.has(key));
    if (!allowed) yield `${name}: no query parameter "${key}"`;
  }
  const body = entry.exchange.body.toString("utf8");
  if (body === "" || !(entry.exchange.headers["content-type"] ?? "").includes("json")) return;
  for (const key of Object.keys(JSON.parse(body) as object)) {
    if (!bodyNames.has(key)) yield `${name}: no body parameter "${key}"`;
  }
}

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return load().description.definitions[schema.$ref.replace("#/definitions/", "")] ?? {};
}

function checkBody(entry: LedgerEntry, name: string, operation: Operation): string[] {
  const { body } = entry.reply;
  const described = operation.responses[String(entry.reply.status)] ?? Object.values(operation.responses)[0];
  if (described?.schema === undefined || textAnswers.has(name)) return [];
  const richer = richerRows[name];
  const isRicher = richer?.when(entry.exchange.query) === true;
  const schema = isRicher
    ? { type: "array", items: { $ref: `#/definitions/${richer.entity}` } }
    : described.schema;
  const validate = validatorFor(name, schema);
  // What goes over the wire counts, so absent values are dropped first.
  const wire: unknown = JSON.parse(JSON.stringify(body ?? null));
  if (validate(wire)) return [];
  // Of "this or null" the other half is noise.
  const errors = (validate.errors ?? []).filter(
    (error) => error.keyword !== "anyOf" && !error.schemaPath.endsWith("/anyOf/0/type"),
  );
  return errors.map((error) => {
    const extra: unknown = error.params["additionalProperty"];
    const place = error.instancePath.replace(/\/\d+/g, "[]");
    return `${name}: ${place} ${error.message ?? ""}${typeof extra === "string" ? ` (${extra})` : ""}`;
  });
}

function validatorFor(name: string, described: Schema): ValidateFunction {
  const { ajv, validators } = load();
  const key = `${name} ${JSON.stringify(described)}`;
  const one = toSchema(described, "");
  const validate =
    validators.get(key) ?? ajv.compile(reallyLists.has(name) ? { type: "array", items: one } : one);
  validators.set(key, validate);
  return validate;
}

/**
 * The description as JSON schema: null is allowed everywhere (Swagger 2 cannot say it), no key beyond the described ones, and
 * a bare `string` is not checked, because the generator writes that for every property that it was told nothing about.
 */
function toSchema(schema: Schema, name: string): object {
  if (schema.$ref !== undefined) {
    const ref = schema.$ref.replace("#/definitions/", "http://gitlab/");
    return { anyOf: [{ type: "null" }, { $ref: ref }] };
  }
  if (schema.type === "array") {
    return { type: ["array", "null"], items: schema.items === undefined ? {} : toSchema(schema.items, "") };
  }
  if (schema.type !== "object" || schema.properties === undefined) return toScalar(schema);
  const all = { ...schema.properties, ...corrections[name] };
  const properties = Object.fromEntries(
    Object.entries(all).map(([key, value]) => {
      const one = toSchema(value, "");
      return [key, reallyLists.has(`${name}.${key}`) ? { type: "array", items: one } : one];
    }),
  );
  return { type: "object", properties, additionalProperties: false };
}

function toScalar(schema: Schema): object {
  // `file` is Swagger's own type for uploads.
  if (schema.type === undefined || schema.type === "file") return {};
  // A slip of the description: there is no such type.
  if (schema.type === "text") return { type: ["string", "null"] };
  if (schema.type === "string" && schema.format === undefined && schema.enum === undefined) {
    return "example" in schema ? { type: ["string", "null"] } : {};
  }
  const format = schema.format === undefined ? {} : { format: schema.format };
  const values = schema.enum === undefined ? {} : { enum: [...schema.enum, null] };
  return { type: [schema.type, "null"], ...format, ...values };
}
