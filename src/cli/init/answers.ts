import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { checkApiRoot, checkProxy } from "../../config/addresses.js";
import { createPositions } from "../../config/positions.js";
import { type Problem, toFindings, toProblem } from "../../config/problems.js";
import { languages } from "../../config/schema.js";
import { address, eventWords, telegramId, toFeatures } from "../../config/values.js";

const connection = z.strictObject({
  platform: z.enum(["github", "gitlab"]).describe("Kind of server: github or gitlab."),
  url: z.string().optional().describe("Web address. Default: github.com or gitlab.com."),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens, like work or github-2")
    .optional()
    .describe("Your own short name. Derived from the address when absent."),
  apiUrl: z.string().optional().describe("Address of the API, where it is not at its usual place."),
  caFile: z.string().optional().describe("PEM file with the certificate authority of the server."),
  proxy: address(checkProxy).optional().describe("Proxy for this connection."),
  allowHttp: z.boolean().optional().describe("Permits http://. The token travels unencrypted."),
  allowPrivateAddress: z.boolean().optional().describe("Permits a server in a private network."),
});

const telegram = z
  .strictObject({
    apiRoot: address(checkApiRoot).optional().describe("Address of the Bot API."),
    proxy: address(checkProxy).optional().describe("Proxy on the way to Telegram."),
    caFile: z.string().optional().describe("PEM file with a certificate authority on the way to Telegram."),
    owner: telegramId().optional().describe("Your Telegram user id. Without it: `pairing`."),
    pairing: z
      .enum(["now", "later"])
      .optional()
      .describe("now: prints a link and waits for it. Default: later."),
    removeWebhook: z.boolean().optional().describe("Takes the bot away from another program's web server."),
    ignoreOtherPoller: z.boolean().optional().describe("Goes on while another program listens to the bot."),
  })
  .prefault({});

/** The answers to the wizard's questions, as people write them down (docs/answers.example.yaml). */
export const answersSchema = z.strictObject({
  connections: z
    .array(connection)
    .default([])
    .describe("Servers to add; one that is set up already is kept."),
  telegram,
  personal: z.boolean().optional().describe("Whatever concerns you, on every connection. Default: yes."),
  projects: z.array(z.string()).optional().describe("Projects and groups, like work:platform/*."),
  events: eventWords().optional().describe("What these projects tell. Absent: the usual."),
  language: z.enum(languages).optional().describe("Language of the messages: en or ru."),
  service: z
    .enum(["none", "user", "boot", "system"])
    .optional()
    .describe("Run in the background. Default: none."),
  secrets: z
    .strictObject({
      store: z.enum(["keyring", "file", "env"]).optional().describe("Default: the best that works."),
    })
    .prefault({}),
});

export type Answers = z.output<typeof answersSchema>;

export type ReadAnswers = { ok: true; answers: Answers } | { ok: false; problems: Problem[] };

/** Reads a file of answers; every problem has its line and column. */
export function readAnswers(path: string, text = read(path)): ReadAnswers {
  if (text === null) {
    const message = "this file cannot be read: does it exist, and is it yours?";
    return { ok: false, problems: [{ file: path, line: 1, column: 1, message }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const positions = createPositions({ text, document, lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const message = `this is not YAML: ${broken.message}`;
    return {
      ok: false,
      problems: [{ file: path, line: Math.max(1, line), column: Math.max(1, col), message }],
    };
  }
  const data: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const parsed = answersSchema.safeParse(data);
  if (parsed.success) return { ok: true, answers: parsed.data };
  const findings = toFindings(parsed.error.issues, answersSchema, data);
  return { ok: false, problems: findings.map((finding) => toProblem(finding, positions, path)) };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** The answers by the ids of the questions that they answer. */
export function toAnswerMap(answers: Answers): Map<string, unknown> {
  const { connections, telegram: bot, events, language, personal, projects } = answers;
  const chosen = toChosen(personal, projects);
  const map = new Map<string, unknown>([
    ["again", connections.length > 0 ? "connections" : undefined],
    ["service", answers.service],
    ["language", language],
    ["projects", chosen],
    ["projects.none", chosen?.length === 0 ? true : undefined],
    ["events", events === undefined ? undefined : toFeatures(events)],
    ["telegram.owner", bot.owner],
    ["telegram.pairing", bot.owner === undefined ? bot.pairing : "id"],
    ["telegram.webhook", bot.removeWebhook === true ? "remove" : undefined],
    ["telegram.otherPoller", bot.ignoreOtherPoller === true ? "go on" : undefined],
  ]);
  for (const [index, one] of connections.entries()) {
    const place = `connections[${index}]`;
    map.set(`${place}.platform`, one.platform);
    map.set(`${place}.url`, one.url);
    map.set(`${place}.more`, true);
    map.set(`${place}.allowHttp`, one.allowHttp);
    map.set(`${place}.allowPrivateAddress`, one.allowPrivateAddress);
  }
  return new Map([...map].filter(([, value]) => value !== undefined));
}

/** undefined: nothing was said about it. */
function toChosen(
  personal: boolean | undefined,
  projects: readonly string[] | undefined,
): string[] | undefined {
  if (personal === undefined && projects === undefined) return undefined;
  return [...(personal === false ? [] : ["personal"]), ...(projects ?? [])];
}
