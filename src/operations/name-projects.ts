import { type Failure, isFailure } from "../domain/failure.js";
import type { Project } from "../domain/project.js";
import { isExactPattern, matchesPattern, parseProjectPattern, toPath } from "../domain/project-pattern.js";
import { readAddress } from "../domain/read-address.js";
import { splitWish, toNarrowed, toSpelling } from "../domain/spellings.js";
import { nearest } from "../lib/nearest.js";
import type { LiveConnection } from "../platforms/platform.js";
import { findProjectByPath, listProjects, saveProject } from "../store/projects.js";
import { knownConnections, type OperationContext } from "./context.js";

export type NamedProjects =
  /** The words with a connection before each project, and the projects that were met. */
  | { ok: true; words: string; projects: Project[] }
  /** Several connections have it: the wish, spelled out for each. */
  | { ok: false; code: "ambiguous"; word: string; choices: Array<{ label: string; words: string }> }
  /** No connection has it (or the tokens may not see it): where it was looked for, and what it may have meant. */
  | {
      ok: false;
      code: "unknown-project";
      word: string;
      where: string[];
      choices: Array<{ label: string; words: string }>;
    };

/** Finds out which projects are meant, and on which connection. */
export async function nameProjects(
  context: OperationContext,
  written: string,
  signal: AbortSignal,
): Promise<NamedProjects> {
  const words = splitWish(written);
  const projects: Project[] = [];
  for (const [index, word] of words.entries()) {
    const meant = candidatesOf(context, word);
    if (word === "*") projects.push(...(await listProjects(context.db)));
    if (meant === null) continue;
    const withWord = (named: string) => words.with(index, named).join(" ");
    const { path, candidates } = meant;
    const isExact = isExactPattern(path);
    const found = isExact
      ? await findExact(context, meant, signal)
      : await findCovered(context, meant, signal);
    const owners = isExact ? found.map(({ connectionId }) => connectionId) : ownersOf(found, candidates);
    const spell = (id: string, called = path) => ({
      label: `${id}: ${called}`,
      words: withWord(`${id}:${called}`),
    });
    if (owners.length > 1) {
      return { ok: false, code: "ambiguous", word, choices: owners.map((id) => spell(id)) };
    }
    const [owner] = owners;
    if (owner === undefined) {
      const where = candidates.map(({ connection }) => connection.id);
      const near = await findNear(context, meant, signal);
      const choices = near.map((project) => spell(project.connectionId, project.path));
      return { ok: false, code: "unknown-project", word, where, choices };
    }
    projects.push(...found);
    words[index] = `${owner}:${isExact ? (found[0]?.path ?? path) : path}`;
  }
  return { ok: true, words: words.join(" "), projects };
}

interface Meant {
  path: string;
  candidates: LiveConnection[];
}

/** null: the word is no project, or its mistake is for the parser to tell. */
function candidatesOf(context: OperationContext, word: string): Meant | null {
  if (toSpelling(word) !== undefined || toNarrowed(word) !== undefined) return null;
  const lives = [...context.connections.values()];
  const known = knownConnections(context);
  const address = readAddress(word, known);
  if (address !== null) {
    const path = address.is === "found" ? toPath(address.found) : undefined;
    if (address.is === "foreign" || path === undefined) return null;
    const ids = address.connections.map(({ id }) => id);
    return { path, candidates: lives.filter(({ connection }) => ids.includes(connection.id)) };
  }
  if (/^[\w.*-]+(?:\/[\w.*-]+)+$/.test(word) && !word.startsWith("*")) {
    return { path: word, candidates: lives };
  }
  const parsed = parseProjectPattern(word, known);
  if (!parsed.ok || parsed.pattern === "*" || !/[/:]/.test(word)) return null;
  const colon = parsed.pattern.indexOf(":");
  const live = lives.find(({ connection }) => connection.id === parsed.pattern.slice(0, colon));
  return live === undefined ? null : { path: parsed.pattern.slice(colon + 1), candidates: [live] };
}

/** On every connection that has it: known ones are not asked again. */
async function findExact(
  context: OperationContext,
  { path, candidates }: Meant,
  signal: AbortSignal,
): Promise<Project[]> {
  const found: Project[] = [];
  let trouble: Failure | null = null;
  for (const live of candidates) {
    const known = await findProjectByPath(context.db, live.connection.id, path);
    if (known !== null) {
      found.push(known);
      continue;
    }
    try {
      const project = await live.client.findProject(path, signal);
      await saveProject(context.db, project);
      found.push(project);
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (error.kind !== "gone") trouble ??= error;
    }
  }
  // A server that does not answer may have it.
  if (found.length === 0 && trouble !== null) throw trouble;
  return found;
}

/** Some of what a wildcard covers now. */
async function findCovered(
  context: OperationContext,
  { path, candidates }: Meant,
  signal: AbortSignal,
): Promise<Project[]> {
  const [text = ""] = path.split("*", 1);
  const seen = await seekProjects(context, { texts: [text.replace(/\/$/, "")], candidates }, signal);
  return seen.filter((project) => matchesPattern(`${project.connectionId}:${path}`, project));
}

/** Where nothing is covered yet, each connection may be meant. */
function ownersOf(found: readonly Project[], candidates: readonly LiveConnection[]): string[] {
  const owners = [...new Set(found.map(({ connectionId }) => connectionId))];
  return owners.length > 0 ? owners : candidates.map(({ connection }) => connection.id);
}

const mostNear = 3;

async function findNear(
  context: OperationContext,
  { path, candidates }: Meant,
  signal: AbortSignal,
): Promise<Project[]> {
  const [owner = "", ...rest] = path.split("/");
  const name = rest.at(-1) ?? "";
  const seen = await seekProjects(context, { texts: [name, owner], candidates }, signal);
  const near: Project[] = [];
  while (near.length < mostNear) {
    const left = seen.filter((project) => !near.includes(project));
    const best = nearest(
      path,
      left.map((project) => project.path),
    );
    const next =
      left.find((project) => project.path === best) ??
      left.find((project) => project.path.endsWith(`/${name}`));
    if (next === undefined) return near;
    near.push(next);
  }
  return near;
}

/** What is known, and what a search finds. A search that fails finds nothing: it only helps. */
async function seekProjects(
  context: OperationContext,
  { texts, candidates }: { texts: string[]; candidates: readonly LiveConnection[] },
  signal: AbortSignal,
): Promise<Project[]> {
  const ids = candidates.map(({ connection }) => connection.id);
  const seen = (await listProjects(context.db)).filter(({ connectionId }) => ids.includes(connectionId));
  for (const { client } of candidates) {
    for (const text of texts) {
      try {
        seen.push(...(await client.searchProjects({ text, limit: 50 }, signal)));
      } catch (error) {
        if (!isFailure(error)) throw error;
      }
    }
  }
  return [...new Map(seen.map((project) => [`${project.connectionId}:${project.path}`, project])).values()];
}
