import type { Config } from "../../config/load.js";
import { isFailure } from "../../domain/failure.js";
import { connectionOf, isExactPattern, matchesPattern } from "../../domain/project-pattern.js";
import { type Check, type Finding, toFinding, warning, well, wrong } from "./check.js";
import type { Ground } from "./ground.js";

/** Whether every project that a subscription names is there, and every wildcard finds something. */
export const projects: Check = {
  name: "projects",
  needsSettings: true,
  when: "beside",
  look: async (ground) => {
    const { config } = ground;
    if (config === null) return [];
    const all = await ground.subscriptions(config);
    if (all.length === 0) {
      return [warning("There is no subscription yet.", "Add one: `gitnotify subscriptions add me`.")];
    }
    const patterns = [...new Set(all.flatMap(({ projects }) => projects ?? []))];
    const found = await Promise.all(patterns.map((pattern) => lookAt(ground, config, pattern)));
    const personal = all.filter(({ projects }) => projects === undefined).length;
    const summary = `${count(all.length, "subscription")}, ${personal} personal, for ${count(patterns.length, "project or pattern", "projects or patterns")}`;
    return [well(summary), ...found.flat()];
  },
};

function count(number: number, one: string, more = `${one}s`): string {
  return `${number} ${number === 1 ? one : more}`;
}

async function lookAt(ground: Ground, config: Config, pattern: string): Promise<Finding[]> {
  const id = connectionOf(pattern);
  if (id === undefined) return [];
  if (!config.connections.some((connection) => connection.id === id)) {
    const remedy = "Add the connection, or remove the subscription.";
    return [warning(`${pattern}: config.yaml has no connection ${id}, so that nothing comes of it.`, remedy)];
  }
  // What keeps a connection from answering is told once, by its own check.
  if (!(await isReached(ground, config, id))) return [];
  try {
    return await resolve(ground, config, { id, pattern });
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind !== "gone" && error.kind !== "forbidden") return [toFinding(error, `${pattern}: `)];
    return [
      wrong(
        `${pattern}: ${error.message}`,
        error.remedy ?? "Check how it is written, and what the token may see.",
      ),
    ];
  }
}

async function isReached(ground: Ground, config: Config, id: string): Promise<boolean> {
  return ground.access(config, id).then(
    () => true,
    () => false,
  );
}

async function resolve(
  ground: Ground,
  config: Config,
  { id, pattern }: { id: string; pattern: string },
): Promise<Finding[]> {
  const live = (await ground.platforms(config)).connections.live.get(id);
  if (live === undefined) return [];
  const path = pattern.slice(id.length + 1);
  if (isExactPattern(pattern)) {
    const project = await live.client.findProject(path, ground.signal);
    return project.archived ? [warning(`${pattern} is archived: nothing will happen there.`)] : [];
  }
  const text = path.slice(0, path.indexOf("*")).replace(/\/$/, "");
  const found = await live.client.searchProjects(
    { limit: 100, ...(text === "" ? {} : { text }) },
    ground.signal,
  );
  if (found.some((project) => matchesPattern(pattern, project))) return [];
  return [warning(`${pattern} finds no project.`, "Check how it is written, and what the token may see.")];
}
