import * as z from "zod";
import { features } from "../domain/feature.js";
import { sourceKinds, type SourceKind } from "../domain/source.js";
import type { LogLevel } from "../lib/log.js";
import { checkApiRoot, checkListen, checkProxy } from "./addresses.js";
import { address, cron, eventWords, filterText, recipient, telegramId } from "./values.js";

/** What this build can do; the schema offers nothing else. */
export interface ConfigSchemaOptions {
  platformIds: readonly string[];
  secretStoreIds: readonly string[];
}

/** Every secret store of the promise (design 6.2), also those that this version does not have yet. */
export const knownSecretStores = ["keyring", "systemd", "file", "env"] as const;

export const languages = ["en", "ru"] as const;

export type Language = (typeof languages)[number];

const logLevels = ["error", "warn", "info", "debug"] as const satisfies readonly LogLevel[];

/** How often each kind of source is asked: the default, and what the key means. */
const polling: Record<SourceKind, { schedule: string; about: string }> = {
  inbox: {
    schedule: "*/30 * * * * *",
    about: "Your inbox: GitHub notifications, GitLab to-dos. Mentions, reviews asked, assignments.",
  },
  pipelines: { schedule: "*/30 * * * * *", about: "GitHub Actions runs and GitLab pipelines." },
  mergeRequests: { schedule: "* * * * *", about: "Merge requests and pull requests of subscribed projects." },
  repository: { schedule: "*/2 * * * *", about: "Pushes to the default branch, for documentation paths." },
  wiki: { schedule: "*/5 * * * *", about: "Wiki pages." },
};

/**
 * The schema of config.yaml (design 6.2). It looks at one value at a time; what ties several keys together is in
 * references.ts. Issues with a `suggestion` or a place inside the text carry them in `params` (`IssueParams` in values.ts).
 */
export function createConfigSchema(options: ConfigSchemaOptions) {
  return z
    .strictObject({
      telegram: telegramSchema(),
      connections: z
        .array(connectionSchema(options.platformIds))
        .default([])
        .describe("The GitHub and GitLab instances to watch, one entry for each account."),
      polling: pollingSchema(),
      subscriptions: z
        .array(subscriptionSchema())
        .default([])
        .describe(
          "Who gets what. Those declared here are read-only in the bot; those made in the bot live in the database.",
        ),
      secrets: secretsSchema(options.secretStoreIds),
      database: databaseSchema(),
      language: z.enum(languages).default("en").describe("Language of messages and commands: en or ru."),
      logging: z
        .strictObject({
          level: z
            .enum(logLevels)
            .default("info")
            .describe("Least level that is logged: error, warn, info, debug."),
        })
        .prefault({})
        .describe("Logging."),
      web: webSchema(),
    })
    .describe("Settings of gitnotify.");
}

export type ConfigSchema = ReturnType<typeof createConfigSchema>;

function telegramSchema() {
  return z
    .strictObject({
      apiRoot: address(checkApiRoot)
        .prefault("https://api.telegram.org")
        .describe("Address of the Bot API. A local Bot API server may be plain http on a loopback address."),
      owner: telegramId()
        .optional()
        .describe("Telegram user id of the owner. Without it, `gitnotify start` prints a pairing link."),
      proxy: address(checkProxy)
        .optional()
        .describe(
          "Proxy on the way to Telegram: http://, https://, socks5:// or socks5h:// with host:port. Absent: that of the environment (HTTPS_PROXY). direct: none.",
        ),
      caFile: z
        .string()
        .min(1, "must be the path of a PEM file")
        .optional()
        .describe(
          "PEM file with a certificate authority on the way to Telegram, read from the folder of this file.",
        ),
    })
    .prefault({})
    .describe("The Telegram bot. Its token is the secret `telegram`.");
}

function connectionSchema(platformIds: readonly string[]) {
  return z
    .strictObject({
      id: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9-]*$/,
          "must be lower-case letters, digits and hyphens, like work or github-2",
        )
        .describe(
          "Your own short name, as in `work:group/project`. Its token is the secret `connection/<id>`.",
        ),
      platform: z.enum([...platformIds]).describe(`Kind of server: ${platformIds.join(" or ")}.`),
      url: z.string().describe("Web address, https. A path below the host is kept."),
      apiUrl: z.string().optional().describe("Address of the API. Derived from `url` when absent."),
      caFile: z
        .string()
        .min(1, "must be the path of a PEM file")
        .optional()
        .describe(
          "PEM file with the certificate authority of the server, read from the folder of this file.",
        ),
      proxy: address(checkProxy)
        .optional()
        .describe(
          "Proxy for this connection: http://, https://, socks5:// or socks5h:// with host:port. Absent: that of the environment (HTTPS_PROXY). direct: none.",
        ),
      allowPrivateAddress: z
        .boolean()
        .default(false)
        .describe("Permits a host that resolves to a private or loopback address."),
      allowHttp: z
        .boolean()
        .default(false)
        .describe("Permits http:// in `url` and `apiUrl`. The token travels unencrypted."),
    })
    .describe("One account on one server.");
}

function pollingSchema() {
  const schedules = Object.fromEntries(
    sourceKinds.map((kind) => [kind, cron().default(polling[kind].schedule).describe(polling[kind].about)]),
  ) as Record<SourceKind, z.ZodDefault<ReturnType<typeof cron>>>;
  return z
    .strictObject({
      ...schedules,
      adaptive: z
        .boolean()
        .default(true)
        .describe("Asks more often where something runs and less often where nothing moves."),
    })
    .prefault({})
    .describe("When to ask, as node-cron expressions of five fields, or six with seconds first.");
}

function subscriptionSchema() {
  return z
    .strictObject({
      to: recipient().describe(
        "Who gets it: owner, the Telegram id of a member, or {chat: -1001234567890, topic: 7}.",
      ),
      projects: z
        .array(z.string())
        .min(1, "names no project: leave `projects` out for everything that concerns you")
        .optional()
        .describe(
          "`connection:path` with * as a wildcard. Absent: everything on every connection that concerns the recipient.",
        ),
      events: eventWords()
        .optional()
        .describe(
          `Features: ${features.map((feature) => feature.name).join(", ")}, or all. Absent: all that this version delivers.`,
        ),
      filter: filterText()
        .default("")
        .describe("Narrows the events, like branch:main -author:renovate[bot]."),
    })
    .describe("One rule.");
}

function secretsSchema(secretStoreIds: readonly string[]) {
  const preferred = knownSecretStores.find((id) => secretStoreIds.includes(id)) ?? "keyring";
  return z
    .strictObject({
      store: z
        .enum(knownSecretStores)
        .default(preferred)
        .describe("Where tokens are kept: keyring, systemd, file or env."),
      keyFile: z
        .string()
        .min(1, "must be the path of a file")
        .optional()
        .describe("For the store `file`: the file with its key, read from the folder of this file."),
    })
    .prefault({})
    .describe("Secrets.");
}

function databaseSchema() {
  return z
    .strictObject({
      url: z
        .string()
        .regex(
          /^$|^postgres(ql)?:\/\//,
          "must be empty for SQLite in the home folder, or start with postgres://",
        )
        .default("")
        .describe(
          "Empty: SQLite in the home folder. postgres://… is for several machines and not supported yet.",
        ),
    })
    .prefault({})
    .describe("Database.");
}

function webSchema() {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe("Serves health, metrics and the admin pages. Not supported yet."),
      listen: address(checkListen).prefault("127.0.0.1:7465").describe("Address and port of the web server."),
    })
    .prefault({})
    .describe("Web server.");
}
