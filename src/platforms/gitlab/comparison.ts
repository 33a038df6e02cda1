import { Failure } from "../../domain/failure.js";
import { limits } from "./limits.js";
import { isTooLarge, readPages } from "./pages.js";
import * as schema from "./schema.js";
import type { Push } from "../pushes.js";
import { unless, type ProjectPoll } from "./visit.js";

/** What lies between two heads, with all files that are wanted; undefined when the old one is gone after a forced push. */
export async function readComparison(
  poll: ProjectPoll,
  push: Push,
  isWanted: (diff: schema.RawDiff) => boolean,
): Promise<schema.RawComparison | undefined> {
  const { session, project } = poll;
  const { base, head, branch } = push;
  const reading = session.read(schema.comparison, (gl) => gl.repositories.compare(project.id, base, head), {
    what: `the changes on ${branch} of ${project.path}`,
  });
  try {
    const comparison = (await unless(reading, ["gone", "rejected"]))?.data;
    // What GitLab left out may be what somebody waits for.
    const isCut = comparison?.compare_timeout === true && !comparison.diffs.some(isWanted);
    return isCut ? await readByCommit(poll, push) : comparison;
  } catch (error) {
    // A comparison brings the text of all changes: of a great one it is more than a client takes, or takes too long.
    if (!isTooLarge(error) && !isTooSlow(error)) throw error;
    return readByCommit(poll, push);
  }
}

function isTooSlow(error: unknown): boolean {
  return error instanceof Failure && (error.code === "timeout" || error.code === "server");
}

/** Commit by commit: the files of each, in pages. */
async function readByCommit(poll: ProjectPoll, push: Push): Promise<schema.RawComparison> {
  const { session, project } = poll;
  const commits = await readPages(session, {
    row: schema.commit,
    limit: limits.commits,
    ask: (page, perPage) => (gl) =>
      gl.commits.all(project.id, { refName: `${push.base}..${push.head}`, perPage, page }),
    call: { what: `the commits on ${push.branch} of ${project.path}`, about: push.head.slice(0, 8) },
    wantsMore: () => true,
  });
  const diffs: schema.RawComparison["diffs"] = [];
  for (const commit of commits) {
    const files = await readPages(session, {
      row: schema.diff,
      limit: limits.files,
      ask: (page, perPage) => (gl) => gl.commits.showDiff(project.id, commit.id, { perPage, page }),
      call: { what: `the files of the commit ${commit.id.slice(0, 8)}`, about: commit.id.slice(0, 8) },
      wantsMore: () => true,
    });
    diffs.push(...files);
  }
  const unique = new Map(diffs.map((diff) => [diff.new_path, diff]));
  return { commits: commits.reverse(), diffs: [...unique.values()], compare_timeout: false };
}
