import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LineCounter, parseDocument, type Document, type YAMLError } from "yaml";
import type * as z from "zod";
import type { Connection } from "../domain/connection.js";
import { features, isDelivered, toFeature } from "../domain/feature.js";
import { parseProjectPattern } from "../domain/project-pattern.js";
import { type KnownConnection, withRoutes } from "../domain/read-address.js";
import type { Routes } from "../domain/routes.js";
import type { SourceKind } from "../domain/source.js";
import type { Subscription } from "../domain/subscription.js";
import type { LogLevel } from "../lib/log.js";
import { checkBaseUrl } from "./addresses.js";
import { createPositions, type Positions } from "./positions.js";
import { toFindings, toPathText, toProblem, type Problem } from "./problems.js";
import { findRepeatedKeys } from "./repeated-keys.js";
import { findReferenceProblems, toCaPath } from "./references.js";
import { createConfigSchema, type ConfigSchema, type ConfigSchemaOptions, type Language } from "./schema.js";
import { toFeatures } from "./values.js";

/** The settings that hold, with every default filled in. */
export interface Config {
  telegram: { apiRoot: string; owner?: string; proxy?: string; caFile?: string };
  connections: Connection[];
  /** node-cron expressions. */
  polling: Record<SourceKind, string> & { adaptive: boolean };
  subscriptions: Subscription[];
  /** `keyFile` is absolute. */
  secrets: { store: string; keyFile?: string };
  database: { url: string };
  language: Language;
  logging: { level: LogLevel };
  web: { enabled: boolean; listen: string };
}

export type LoadedConfig =
  | { ok: true; config: Config; warnings: string[]; exists: boolean }
  | { ok: false; problems: Problem[]; exists: boolean };

export interface LoadOptions extends ConfigSchemaOptions {
  path: string;
  /** How the addresses of each platform are built, by its id. */
  routes: Readonly<Record<string, Routes>>;
  /** The file's content, where the caller has it already. */
  text?: string;
}

/** More than any person writes; a larger file is something else. */
const largestFile = 1_000_000;

/** Reads config.yaml. Never throws: whatever is wrong with the file is a problem. A missing file means the defaults. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const read = options.text === undefined ? readText(options.path) : { text: options.text };
  const fail = (problems: Problem[]): LoadedConfig => ({
    ok: false,
    problems: bound(sort(problems)),
    exists: true,
  });
  if ("message" in read) {
    return fail([{ file: options.path, line: 1, column: 1, message: read.message }]);
  }
  const parsed = parseYaml(read.text ?? "", options.path);
  if (parsed.data === undefined) return fail(parsed.problems);
  const folder = dirname(resolve(options.path));
  const schema = createConfigSchema(options);
  const result = schema.safeParse(parsed.data);
  const findings = [
    ...(result.success ? [] : toFindings(result.error.issues, schema, parsed.data)),
    ...findReferenceProblems(parsed.data, { ...options, folder }),
  ];
  const problems = [
    ...parsed.problems,
    ...findings.map((finding) => toProblem(finding, parsed.positions, options.path)),
  ];
  if (!result.success || problems.length > 0) return fail(problems);
  const warnings = [...parsed.warnings, ...findWarnings(result.data)];
  return {
    ok: true,
    config: toConfig(result.data, { ...options, folder }),
    warnings,
    exists: read.text !== null,
  };
}

/** `text: null`: there is no such file. */
function readText(path: string): { text: string | null } | { message: string } {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > largestFile) return { message: "this file is too large to be a config.yaml" };
    return { text };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return { text: null };
    const reason = { EACCES: "permission denied", EISDIR: "it is a folder" }[code] ?? code;
    return { message: `this file cannot be read: ${reason}` };
  }
}

interface ParsedYaml {
  /** undefined when the text is not YAML. */
  data: unknown;
  positions: Positions;
  problems: Problem[];
  warnings: string[];
}

function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, logLevel: "silent" },
    // The parser compares each key with every other one.
    uniqueKeys: false,
  });
  const positions = createPositions({ text, document, lines });
  const toProblemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const toYamlProblem = (error: YAMLError) => toProblemAt(error.pos[0], describeYamlError(error));
  const repeated = findRepeatedKeys(document).map(({ key, offset }) =>
    toProblemAt(offset, describeRepeated(key)),
  );
  const problems = [...document.errors.map(toYamlProblem), ...repeated];
  const warnings = document.warnings
    .map(toYamlProblem)
    .map(({ line, message }) => `line ${line}: ${message}`);
  // A key given twice leaves the rest readable; after any other error the tree cannot be trusted.
  if (document.errors.length > 0) {
    return { data: undefined, positions, problems, warnings };
  }
  const data = toData(document);
  if (data === undefined) {
    problems.push({
      file,
      line: 1,
      column: 1,
      message: "this file repeats parts of itself too often (YAML aliases)",
    });
  }
  return { data, positions, problems, warnings };
}

function describeRepeated(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? `the key "${key}" is given twice` : "a key is given twice";
}

function describeYamlError(error: YAMLError): string {
  if (error.code === "TAB_AS_INDENT") return "YAML is indented with spaces, and here is a tab";
  return `this is not YAML: ${error.message}`;
}

/** undefined when aliases would make a small file into a huge tree. */
function toData(document: Document): unknown {
  try {
    const data: unknown = document.toJS({ maxAliasCount: 100 });
    return withoutEmpty(data ?? {});
  } catch {
    return undefined;
  }
}

/** A key with nothing after it (all below it is commented out) is the same as no such key. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmpty(inner)]));
}

/** As they stand in the file; two rules that one value breaks may have the same sentence. */
function sort(problems: Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** As many as a person reads before they look at the file. */
const mostProblems = 50;

function bound(problems: Problem[]): Problem[] {
  const next = problems[mostProblems];
  if (next === undefined) return problems;
  const { file, line, column } = next;
  const left = (problems.length - mostProblems).toLocaleString("en");
  return [
    ...problems.slice(0, mostProblems),
    { file, line, column, message: `and ${left} more from here on` },
  ];
}

type ParsedConfig = z.output<ConfigSchema>;

function toConfig(
  parsed: ParsedConfig,
  { folder, routes }: Pick<LoadOptions, "routes"> & { folder: string },
): Config {
  const connections = parsed.connections.map((connection) => toConnection(connection, folder));
  const { caFile, ...telegram } = parsed.telegram;
  return {
    ...parsed,
    telegram: { ...telegram, ...(caFile !== undefined && { caFile: toCaPath(caFile, folder) }) },
    connections,
    secrets: toSecrets(parsed.secrets, folder),
    subscriptions: toSubscriptions(parsed.subscriptions, withRoutes(connections, routes)),
  };
}

function toSecrets({ store, keyFile }: ParsedConfig["secrets"], folder: string): Config["secrets"] {
  return { store, ...(keyFile !== undefined && { keyFile: resolve(folder, keyFile) }) };
}

function toConnection(parsed: ParsedConfig["connections"][number], folder: string): Connection {
  const { url, apiUrl, caFile, ...rest } = parsed;
  const toBase = (address: string) => {
    const checked = checkBaseUrl(address, { http: true });
    return checked.ok ? checked.value : address;
  };
  return {
    ...rest,
    url: toBase(url),
    ...(apiUrl !== undefined && { apiUrl: toBase(apiUrl) }),
    ...(caFile !== undefined && { caFile: toCaPath(caFile, folder) }),
  };
}

function toSubscriptions(
  parsed: ParsedConfig["subscriptions"],
  connections: readonly KnownConnection[],
): Subscription[] {
  const seen = new Map<string, number>();
  return parsed.map(({ to, projects, events, filter }) => {
    const rule = {
      to,
      ...(projects && { projects: projects.map((project) => toPatternText(project, connections)) }),
      features: events ? toFeatures(events) : features.filter((f) => f.delivered).map((f) => f.name),
      filter: filter.trim(),
    };
    const id = toRuleId(rule);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return { id: count === 1 ? id : `${id}-${count}`, origin: "config", ...rule };
  });
}

function toPatternText(project: string, connections: readonly KnownConnection[]): string {
  const parsed = parseProjectPattern(project, connections);
  return parsed.ok ? parsed.pattern : project;
}

/** Made from what the rule says, so that it stays when other rules are added, removed or moved around it. */
function toRuleId(rule: Pick<Subscription, "to" | "projects" | "features" | "filter">): string {
  const text = JSON.stringify([rule.to, rule.projects ?? null, rule.features, rule.filter]);
  return `config-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

function findWarnings(parsed: ParsedConfig): string[] {
  return parsed.subscriptions.flatMap(({ to, projects, events }, index) => {
    const place = toPathText(["subscriptions", index]);
    const warnings: string[] = [];
    for (const word of events ?? []) {
      const feature = toFeature(word);
      if (feature === undefined || isDelivered(feature)) continue;
      warnings.push(`${place}.events: "${word}" is kept, but this version delivers nothing of it yet`);
    }
    if (to === "owner" && parsed.telegram.owner === undefined) {
      warnings.push(`${place}.to: nobody is the owner yet; \`gitnotify start\` prints a pairing link`);
    }
    if (projects === undefined && typeof to === "object" && "chat" in to) {
      warnings.push(
        `${place}: a chat has no account of its own, so that nothing concerns it: name its projects`,
      );
    }
    return warnings;
  });
}
