import * as z from "zod";
import { isFailure } from "../../domain/failure.js";
import type { PipelineFacts } from "../../domain/facts/index.js";
import type { Project } from "../../domain/project.js";
import type { GitHubSession } from "./client.js";
import { repoUrl } from "./projects.js";

/** Names that are known to be tags, or not to be, newest last. */
export const knownRefs = z.object({ tags: z.array(z.string()), others: z.array(z.string()) });
export type KnownRefs = z.infer<typeof knownRefs>;

const mostKept = 100;
const mostLookUps = 10;

/** Events whose `head_branch` may be a tag: GitHub puts its name there, and nothing that tells it from a branch. */
const fromRefs = [
  "push",
  "workflow_dispatch",
  "repository_dispatch",
  "create",
  "deployment",
  "deployment_status",
];

/**
 * Fills in which runs are a tag's. A name is looked up once, at the cost of one request; where that fails it stays a branch until
 * the next run.
 */
export function createRefReader(session: GitHubSession, project: Project, before: KnownRefs) {
  const tags = new Set(before.tags);
  const others = new Set(before.others);
  let lookUps = 0;

  async function isTag(name: string): Promise<boolean | undefined> {
    for (const known of [tags, others]) {
      // Taken out and put in again: the names that are used are the ones that are kept.
      if (known.delete(name)) known.add(name);
    }
    if (tags.has(name)) return true;
    if (others.has(name) || lookUps >= mostLookUps) return others.has(name) ? false : undefined;
    lookUps += 1;
    const found = await lookUp(session, project, name);
    if (found !== undefined) (found ? tags : others).add(name);
    return found;
  }

  return {
    withRef: async (facts: PipelineFacts): Promise<PipelineFacts> => {
      if (facts.trigger === "release") return { ...facts, isTag: true };
      if (!mayBeTag(facts, project)) return facts;
      const found = await isTag(facts.branch);
      return found === undefined ? facts : { ...facts, isTag: found };
    },
    known: (): KnownRefs => ({ tags: [...tags].slice(-mostKept), others: [...others].slice(-mostKept) }),
  };
}

function mayBeTag({ trigger, branch, fork, mergeRequest }: PipelineFacts, project: Project): boolean {
  const ofBranch = branch === "" || branch === project.defaultBranch || fork !== undefined;
  return !ofBranch && mergeRequest === undefined && fromRefs.includes(trigger);
}

async function lookUp(session: GitHubSession, project: Project, name: string): Promise<boolean | undefined> {
  const url = `${repoUrl(project.path)}/git/ref/tags/${name.split("/").map(encodeURIComponent).join("/")}`;
  try {
    await session.read({ url, schema: z.unknown(), what: `the tag ${name} of ${project.path}` });
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    // A token that may not read contents would be refused at each run of the branch; the next tag has a name of its own.
    return error.kind === "gone" || error.kind === "forbidden" ? false : undefined;
  }
}
