import { expect, it } from "vitest";
import type { Cursor } from "../../src/domain/cursor.js";
import { watch, type PlatformWorld } from "./platform-world.js";

/** Something for every kind of source, so that no server can answer "unchanged". */
export async function makeNews(world: PlatformWorld): Promise<void> {
  await world.openMergeRequest({ author: world.colleague, title: "News" });
  await world.startPipeline({ branch: "main", by: world.colleague });
  await world.commitFile({ by: world.colleague, path: "docs/news.md", content: "news" });
  await world.editWiki({ by: world.colleague, page: "News", content: "news" });
}

/** Cursors as versions before 0.2 stored them: without a version of their own. */
function withoutVersion(cursor: Cursor | null): Cursor | null {
  if (typeof cursor !== "object" || cursor === null || Array.isArray(cursor)) return cursor;
  return Object.fromEntries(Object.entries(cursor).filter(([key]) => key !== "v"));
}

export function cursorCases(getWorld: () => PlatformWorld): void {
  it.each(["mergeRequests", "pipelines", "repository", "wiki"] as const)(
    "a cursor of %s of the version before loses nothing, and is none that was lost",
    async (kind) => {
      const world = getWorld();
      await world.commitFile({ by: world.colleague, path: "README.md", content: "start" });
      await world.editWiki({ by: world.colleague, page: "Home", content: "hello" });
      const watcher = await watch(world, kind);
      await watcher.drain();
      world.advance(600_000);
      await makeNews(world);
      watcher.cursor = withoutVersion(watcher.cursor);
      const { facts, shortfalls = [] } = await watcher.poll();
      expect(facts).not.toEqual([]);
      expect(shortfalls).toEqual([]);
    },
  );
}
