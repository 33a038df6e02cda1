import { isFailure } from "../../../domain/failure.js";
import type { Project } from "../../../domain/project.js";
import {
  connectionOf,
  isExactPattern,
  matchesPattern,
  parseProjectPattern,
} from "../../../domain/project-pattern.js";
import type { PatternRefusal } from "../../../domain/pattern-refusal.js";
import { type KnownConnection, readAddress, withRoutes } from "../../../domain/read-address.js";
import { sayFailure } from "../../../i18n/failures.js";
import type { Choice } from "../ask.js";
import { type Client, openClients } from "../clients.js";
import { allConnections, type Draft } from "../draft.js";
import type { Say } from "../../../i18n/wizard.js";
import { toSpanParts } from "../../../lib/span.js";
import type { Ports } from "../ports.js";
import { ownRules } from "../rules.js";
import { describeTrouble } from "../trouble.js";

/** The choice that stands for what concerns the person, whatever project it is in. */
export const personal = "personal";
const typedPrefix = "typed:";
const findPrefix = "find:";
const refusedPrefix = "refused:";
/** Beyond that nobody scrolls: typing narrows, and a search asks the server. */
const listed = 200;

/** Whole projects to watch, and whether to be told of whatever concerns the person. */
export async function chooseProjects(draft: Draft, ports: Ports): Promise<Draft> {
  const { ask, say } = ports;
  const clients = await openClients(draft, ports);
  const connections = connectionsOf(draft, ports);
  let known = await search(ports, clients, undefined);
  // What was taken out on the phone does not come back by pressing Enter here.
  const own = ownRules(draft);
  const isPersonal = own.length === 0 || own.some((rule) => rule.projects === undefined);
  let chosen: readonly string[] = isPersonal ? [personal] : [];
  for (;;) {
    chosen = await ask.search({
      id: "projects",
      message: say("projects.ask"),
      choices: toChoices({ draft, known, say }, { chosen, now: ports.clock.now() }),
      initial: chosen,
      typed: (text) => toTyped({ connections, known, say }, text),
    });
    const wanted = chosen.filter((value) => value.startsWith(findPrefix));
    if (wanted.length > 0) {
      const texts = wanted.map((value) => value.slice(findPrefix.length));
      chosen = chosen.filter((value) => !wanted.includes(value));
      known = await searchMore(ports, { clients, known, texts });
      continue;
    }
    const checked = await check(ports, { clients, known, chosen, connections });
    chosen = checked.chosen;
    known = [...checked.found, ...known];
    if (!checked.ok || (chosen.length === 0 && own.length === 0 && !(await wantsNone(ports)))) continue;
    break;
  }
  const projects = chosen.filter((value) => value !== personal);
  if (chosen.length === 0 && own.length === 0) ask.tell("warning", say("projects.none"));
  tellInbox(ports, clients, { personal: chosen.includes(personal), projects });
  return { ...draft, rules: { personal: chosen.includes(personal), projects, features: [] } };
}

function connectionsOf(draft: Draft, { net }: Ports): KnownConnection[] {
  const routes = Object.fromEntries(net.platforms.map((platform) => [platform.id, platform.routes]));
  return withRoutes(allConnections(draft), routes);
}

function wantsNone({ ask, say }: Ports): Promise<boolean> {
  return ask.confirm({ id: "projects.none", message: say("projects.none.ask"), initial: false });
}

async function search(
  { ask, say }: Ports,
  clients: readonly Client[],
  text: string | undefined,
): Promise<Project[]> {
  const words = text === undefined ? say("projects.reading") : say("projects.looking", { text });
  const query = { limit: listed, ...(text === undefined ? {} : { text }) };
  return ask.busy(words, async () => {
    const lists = await Promise.all(
      clients.map(async ({ id, client }) => {
        try {
          return await client.searchProjects(query, ask.signal);
        } catch (error) {
          if (!isFailure(error)) throw error;
          ask.tell("warning", say("projects.unread", { id, why: describeTrouble(say, error) }));
          return [];
        }
      }),
    );
    return lists.flat().sort((a, b) => (b.lastActivityAt ?? "").localeCompare(a.lastActivityAt ?? ""));
  });
}

async function searchMore(
  ports: Ports,
  given: { clients: readonly Client[]; known: readonly Project[]; texts: readonly string[] },
): Promise<Project[]> {
  const { clients, known, texts } = given;
  const found: Project[] = [];
  for (const text of texts) {
    const matches = await search(ports, clients, text);
    if (matches.length === 0) ports.ask.tell("problem", ports.say("projects.noMatch", { text }));
    found.push(...matches.filter((one) => ![...known, ...found].some((other) => isSame(one, other))));
  }
  return [...found, ...known];
}

function isSame(a: Project, b: Project): boolean {
  return a.connectionId === b.connectionId && a.id === b.id;
}

function toPattern({ connectionId, path }: Project): string {
  return `${connectionId}:${path}`;
}

interface Listed {
  draft: Draft;
  known: readonly Project[];
  say: Say;
}

interface Typed extends Pick<Listed, "known" | "say"> {
  connections: readonly KnownConnection[];
}

function toChoices(
  { draft, known, say }: Listed,
  { chosen, now }: { chosen: readonly string[]; now: number },
): Array<Choice<string>> {
  const several = allConnections(draft).length > 1;
  const listedPatterns = known.map(toPattern);
  const byHand = chosen.filter((value) => value !== personal && !listedPatterns.includes(value));
  return [
    { value: personal, label: say("projects.personal"), hint: say("projects.personal.hint") },
    ...byHand.map((value) => ({
      ...{ value, label: several ? value : withoutConnection(value), hint: say("projects.typed") },
    })),
    ...known.map((project) => ({
      value: toPattern(project),
      label: several ? toPattern(project) : project.path,
      hint: describe(project, now, say),
    })),
  ];
}

function withoutConnection(pattern: string): string {
  return pattern.slice((connectionOf(pattern) ?? "").length + 1);
}

function describe(project: Project, now: number, say: Say): string {
  const at = Date.parse(project.lastActivityAt ?? "");
  const active = Number.isNaN(at) ? "" : say("projects.active", { ...toSpanParts(now - at) });
  const hidden = project.private ? say("projects.private") : "";
  const archived = project.archived ? say("projects.archived") : "";
  return [hidden, archived, active].filter(Boolean).join(", ");
}

/** What a typed text stands for: a project, a group with a star, or words to look for on the servers. */
function toTyped({ connections, known, say }: Typed, text: string): Choice<string> | undefined {
  const isAddress = readAddress(text, connections) !== null;
  // A group is meant by its name with a slash behind it.
  const wanted = isAddress ? text.trim() : text.trim().replace(/\/$/, "/*");
  if (wanted.length < 2) return undefined;
  const parsed = parseProjectPattern(wanted, connections);
  const listedOne = known.map(toPattern).find((pattern) => parsed.ok && pattern === parsed.pattern);
  if (listedOne !== undefined) return { value: listedOne, label: listedOne };
  if (parsed.ok)
    return { value: `${typedPrefix}${parsed.pattern}`, label: parsed.pattern, hint: say("projects.asTyped") };
  const suggested = "suggestion" in parsed ? parsed.suggestion : undefined;
  if (suggested !== undefined && wanted.includes("/"))
    return { value: `${typedPrefix}${suggested}`, label: suggested, hint: say("projects.asTyped") };
  if (isAddress && !parsed.ok)
    return { value: `${refusedPrefix}${wanted}`, label: wanted, hint: sayRefusal(say, parsed) };
  return {
    value: `${findPrefix}${wanted}`,
    label: say("projects.find", { text: wanted }),
    hint: say("projects.find.hint"),
  };
}

function sayRefusal(say: Say, { code, values, message }: PatternRefusal): string {
  return sayFailure(say, { kind: "rejected", code, values, message }).reason;
}

interface Checked {
  ok: boolean;
  chosen: string[];
  found: Project[];
}

/** Looks for everything that was typed; what does not exist is told and taken out, the rest stays chosen. */
async function check(
  ports: Ports,
  given: {
    clients: readonly Client[];
    known: readonly Project[];
    chosen: readonly string[];
    connections: readonly KnownConnection[];
  },
): Promise<Checked> {
  const result: Checked = { ok: true, chosen: [], found: [] };
  for (const value of given.chosen) {
    if (value.startsWith(refusedPrefix)) {
      const refused = parseProjectPattern(value.slice(refusedPrefix.length), given.connections);
      if (!refused.ok) ports.ask.tell("problem", sayRefusal(ports.say, refused));
      result.ok = false;
      continue;
    }
    if (!value.startsWith(typedPrefix)) {
      result.chosen.push(value);
      continue;
    }
    const pattern = value.slice(typedPrefix.length);
    const outcome = await look(ports, given, pattern);
    if ("problem" in outcome) {
      ports.ask.tell("problem", outcome.problem);
      result.ok = false;
    } else {
      result.chosen.push(outcome.pattern);
      if (outcome.project !== undefined) result.found.push(outcome.project);
    }
  }
  result.chosen = [...new Set(result.chosen)];
  return result;
}

type Looked = { pattern: string; project?: Project } | { problem: string };

async function look(
  { ask, say }: Ports,
  { clients, known }: { clients: readonly Client[]; known: readonly Project[] },
  pattern: string,
): Promise<Looked> {
  if (pattern === "*" || known.some((project) => matchesPattern(pattern, project))) return { pattern };
  const client = clients.find(({ id }) => id === connectionOf(pattern));
  const path = withoutConnection(pattern);
  if (client === undefined) return { pattern };
  try {
    return await ask.busy(say("projects.looking", { text: pattern }), async () => {
      if (isExactPattern(pattern)) {
        const project = await client.client.findProject(path, ask.signal);
        return { pattern: toPattern(project), project };
      }
      const text = path.split("*")[0]?.replace(/\/$/, "") ?? "";
      const found = await client.client.searchProjects({ text, limit: 20 }, ask.signal);
      if (found.some((project) => matchesPattern(pattern, project))) return { pattern };
      return { problem: say("projects.noPattern", { pattern }) };
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind !== "gone" && error.kind !== "rejected") return { problem: describeTrouble(say, error) };
    return { problem: say("projects.unknown", { path, id: client.id }) };
  }
}

/** Where a token shows no inbox, "whatever concerns me" brings nothing from projects that are not watched. */
function tellInbox(
  { ask, say }: Ports,
  clients: readonly Client[],
  chosen: { personal: boolean; projects: readonly string[] },
): void {
  for (const { id, inbox } of clients) {
    const watched = chosen.projects.some((pattern) => pattern === "*" || connectionOf(pattern) === id);
    if (chosen.personal && inbox === false && !watched) {
      ask.tell("warning", say("projects.noInbox", { id }));
    }
  }
}
