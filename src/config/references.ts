import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { parseProjectPattern } from "../domain/project-pattern.js";
import { withRoutes } from "../domain/read-address.js";
import { type Routes, toWebUrl } from "../domain/routes.js";
import { checkBaseUrl } from "./addresses.js";
import type { Finding } from "./problems.js";
import { knownSecretStores, type ConfigSchemaOptions } from "./schema.js";

/**
 * What ties several keys together, or the file to the machine. It reads the settings leniently, so that these mistakes
 * are told beside those that the schema finds, and not only after they are mended.
 */
export function findReferenceProblems(
  data: unknown,
  context: {
    folder: string;
    secretStoreIds: ConfigSchemaOptions["secretStoreIds"];
    routes: Readonly<Record<string, Routes>>;
  },
): Finding[] {
  const settings = looseSettings.parse(data);
  return [
    ...findTelegramProblems(settings, context.folder),
    ...settings.connections.flatMap((connection, index) =>
      findConnectionProblems({ connection, index, others: settings.connections }, context),
    ),
    ...findProjectProblems(settings, context.routes),
    ...findUnsupported(settings, context.secretStoreIds),
  ];
}

/** Relative paths start at the folder of config.yaml. */
export function toCaPath(caFile: string, folder: string): string {
  return resolve(folder, caFile);
}

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const looseConnection = z
  .object({ id: text, platform: text, url: text, apiUrl: text, caFile: text, allowHttp: flag })
  .catch({});
const looseSettings = z
  .object({
    telegram: z.object({ caFile: text }).catch({}),
    connections: z.array(looseConnection).catch([]),
    subscriptions: z.array(z.object({ projects: z.array(text).catch([]) }).catch({ projects: [] })).catch([]),
    database: z.object({ url: text }).catch({}),
    secrets: z.object({ store: text }).catch({}),
    web: z.object({ enabled: flag }).catch({}),
  })
  .catch({ telegram: {}, connections: [], subscriptions: [], database: {}, secrets: {}, web: {} });

type LooseSettings = z.infer<typeof looseSettings>;
type LooseConnection = LooseSettings["connections"][number];

function findConnectionProblems(
  at: { connection: LooseConnection; index: number; others: LooseConnection[] },
  { folder, routes }: { folder: string; routes: Readonly<Record<string, Routes>> },
): Finding[] {
  const { connection, index, others } = at;
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ path: ["connections", index, key], message });
  const first = others.findIndex(({ id }) => id !== undefined && id === connection.id);
  if (first >= 0 && first < index) add("id", `"${connection.id}" is already the id of connections[${first}]`);
  for (const key of ["url", "apiUrl"] as const) {
    const value = connection[key];
    const checked =
      value === undefined ? undefined : checkBaseUrl(value, { http: connection.allowHttp === true });
    if (checked?.ok === false) add(key, checked.message);
    else if (checked !== undefined && key === "url") findings.push(...findApiUrl(checked.value, at, routes));
  }
  const caProblem = connection.caFile ? findCaProblem(toCaPath(connection.caFile, folder)) : undefined;
  if (caProblem !== undefined) add("caFile", caProblem);
  return findings;
}

/** People copy the address that programs use, or that of a page. */
function findApiUrl(
  url: string,
  { connection, index }: { connection: LooseConnection; index: number },
  routes: Readonly<Record<string, Routes>>,
): Finding[] {
  const own = routes[connection.platform ?? ""];
  const suggestion = own === undefined ? url : toWebUrl(own, url);
  if (suggestion === url) return [];
  const message = "must be the address that people open in the browser, not that of the API or of a page";
  return [{ path: ["connections", index, "url"], message, suggestion }];
}

function findTelegramProblems({ telegram }: LooseSettings, folder: string): Finding[] {
  const message = telegram.caFile ? findCaProblem(toCaPath(telegram.caFile, folder)) : undefined;
  return message === undefined ? [] : [{ path: ["telegram", "caFile"], message }];
}

function findCaProblem(path: string): string | undefined {
  try {
    if (readFileSync(path, "utf8").includes("-----BEGIN CERTIFICATE-----")) return undefined;
    return `${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return `${path} does not exist`;
    if (code === "EACCES") return `${path} cannot be read: permission denied`;
    return `${path} cannot be read`;
  }
}

function findProjectProblems(settings: LooseSettings, routes: Readonly<Record<string, Routes>>): Finding[] {
  const named = settings.connections.flatMap(({ id, platform = "", url = "" }) =>
    id === undefined ? [] : [{ id, platform, url }],
  );
  const known = withRoutes(named, routes);
  return settings.subscriptions.flatMap(({ projects }, index) =>
    projects.flatMap((project, position): Finding[] => {
      const parsed = project === undefined ? undefined : parseProjectPattern(project, known);
      if (parsed === undefined || parsed.ok) return [];
      const { message, suggestion } = parsed;
      const path = ["subscriptions", index, "projects", position];
      return [{ path, message, ...(suggestion !== undefined && { suggestion }) }];
    }),
  );
}

/** What config.yaml promises and this version does not do yet. */
function findUnsupported(settings: LooseSettings, secretStoreIds: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (/^postgres(ql)?:\/\//.test(settings.database.url ?? "")) {
    findings.push({
      path: ["database", "url"],
      message: "PostgreSQL is not supported yet by this version: leave it empty for SQLite",
    });
  }
  const { store } = settings.secrets;
  if (knownSecretStores.some((id) => id === store) && !secretStoreIds.includes(store ?? "")) {
    findings.push({
      path: ["secrets", "store"],
      message: `the store ${store} is not supported yet by this version: use ${secretStoreIds.join(" or ")}`,
    });
  }
  if (settings.web.enabled === true) {
    findings.push({
      path: ["web", "enabled"],
      message: "the web server is not supported yet by this version: leave it false",
    });
  }
  return findings;
}
