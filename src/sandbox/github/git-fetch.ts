import { ancestorsOf, objectsOfTree, type GitCommit, type GitStore } from "./git-store.js";

export interface FetchRequest {
  wants: string[];
  haves: string[];
  /** Commits whose parents the client lacks. */
  shallows: string[];
  depth: number | null;
  /** `depth` counts from where the client's history ends, not from what it wants. */
  relative: boolean;
  sinceMs: number | null;
  /** `filter blob:none`: contents of files are left out. */
  blobless: boolean;
  /** The client has nothing more to tell: send the pack. */
  done: boolean;
}

export interface FetchPlan {
  /** A wanted commit that is not here. */
  unknown?: string;
  objects: string[];
  /** What the client has and so has the server. */
  common: string[];
  shallow: string[];
  unshallow: string[];
}

/** Which objects bring a client from what it has to what it wants. */
export function planFetch(store: GitStore, request: FetchRequest): FetchPlan {
  const common = request.haves.filter((sha) => store.commits.has(sha));
  const unknown = request.wants.find((sha) => !store.commits.has(sha));
  if (unknown !== undefined) return { unknown, objects: [], common, shallow: [], unshallow: [] };
  const { commits, edge } = cutHistory(store, request);
  const owned = ancestorsOf(store, common, new Set(request.shallows));
  const ownedShas = new Set(owned.map((commit) => commit.sha));
  const ownedObjects = new Set(owned.flatMap((commit) => objectsOfTree(store, commit.tree)));
  const fresh = commits.filter((commit) => !ownedShas.has(commit.sha));
  const objects = new Set(fresh.map((commit) => commit.sha));
  for (const commit of fresh) {
    for (const sha of objectsOfTree(store, commit.tree)) if (!ownedObjects.has(sha)) objects.add(sha);
  }
  const reached = new Set(commits.map((commit) => commit.sha));
  const isWanted = (sha: string) => !request.blobless || store.objects.get(sha)?.type !== "blob";
  return {
    objects: [...objects].filter(isWanted),
    common,
    shallow: edge.filter((sha) => !request.shallows.includes(sha)),
    unshallow: request.shallows.filter((sha) => reached.has(sha) && !edge.includes(sha)),
  };
}

/** The wanted commits down to the depth or date asked for, and those of them that are cut off from their parents. */
function cutHistory(store: GitStore, request: FetchRequest): { commits: GitCommit[]; edge: string[] } {
  const { depth, sinceMs } = request;
  if (depth === null && sinceMs === null) {
    const commits = ancestorsOf(store, request.wants, new Set(request.shallows));
    return { commits, edge: request.shallows };
  }
  const known = request.relative ? ancestorsOf(store, request.wants, new Set(request.shallows)) : [];
  const seen = new Map(known.map((commit) => [commit.sha, commit]));
  const ends = known.filter((commit) => request.shallows.includes(commit.sha));
  let level = request.relative ? ends.flatMap((commit) => commit.parents) : [...request.wants];
  for (let reached = 0; level.length > 0 && reached < (depth ?? Infinity); reached += 1) {
    const next: string[] = [];
    for (const sha of level) {
      const commit = store.commits.get(sha);
      if (commit === undefined || seen.has(sha)) continue;
      if (reached > 0 && sinceMs !== null && Date.parse(commit.at) < sinceMs) continue;
      seen.set(sha, commit);
      next.push(...commit.parents);
    }
    level = next;
  }
  const commits = [...seen.values()];
  const edge = commits.filter((commit) => commit.parents.some((sha) => !seen.has(sha)));
  return { commits, edge: edge.map((commit) => commit.sha) };
}
