/**
 * How a platform builds its web addresses. It is data, so that settings are checked and addresses are read without loading the
 * adapter. All words are in lower case: the platforms take no account of it in names.
 */
export interface Routes {
  /** As people write it: `GitHub`. */
  label: string;
  /** Whether groups lie in groups, so that a project has two parts or more; otherwise it always has two. */
  nested: boolean;
  /** First parts that are the platform's own pages: nobody's group or account. */
  ownPages: readonly string[];
  /** What stands before the name of a group or an account in the addresses of its pages. */
  groupPages: readonly GroupPage[];
  /** What stands before the path of a project in the addresses of pages around it: `-/ide/project`. */
  projectPages: readonly string[];
  /** The part that ends a path wherever it stands: `-`. */
  marker?: string;
  /** Parts that end the path of a project: neither a project nor a group may be called so. */
  reserved: readonly string[];
  /** Parts that end it only before something that fits, because projects may be called so. */
  endsBefore: Readonly<Record<string, RegExp>>;
  /** Pages of a project that are more than a page; the first group is the number. */
  subjects: ReadonlyArray<{ type: "merge_request" | "pipeline"; page: RegExp }>;
  /** Other names of a host, by the one that people open: `ssh.github.com`. */
  otherHosts: Readonly<Record<string, readonly string[]>>;
  /** What turns the address of the API or of a page into that of the server, for `String.replace`, the first that fits. */
  webUrls: ReadonlyArray<{ from: RegExp; to: string }>;
}

export interface GroupPage {
  word: string;
  /** Whether a path of several parts may follow. */
  nested: boolean;
  /** What follows and is no name. */
  except: readonly string[];
}

/** Where nothing is known of the platform, which is a mistake of its own. */
export const plainRoutes: Routes = {
  label: "this server",
  nested: true,
  ownPages: [],
  groupPages: [],
  projectPages: [],
  reserved: [],
  endsBefore: {},
  subjects: [],
  otherHosts: {},
  webUrls: [],
};

/** What a path on a server leads to. */
export type Place =
  | { type: "group"; path: string }
  | { type: "project"; path: string }
  | { type: "merge_request"; path: string; number: number }
  | { type: "pipeline"; path: string; pipelineId: string };

/** `name`: the part that is a page of the platform, or that nothing may be called. */
export type FoundPlace = Place | { type: "root" } | { type: "own-page" | "reserved"; name: string };

/** `parts` are those below the address of the server, decoded. */
export function findPlace(routes: Routes, parts: readonly string[]): FoundPlace {
  const [first, second] = parts;
  if (first === undefined) return { type: "root" };
  const around = routes.projectPages.map((page) => page.split("/")).find((page) => startsWith(parts, page));
  if (around !== undefined) return inProject(routes, parts.slice(around.length), first);
  const group = routes.groupPages.find(({ word }) => word === first.toLowerCase());
  if (group !== undefined) {
    if (second === undefined || has(group.except, second)) return { type: "own-page", name: first };
    const named = group.nested ? until(routes, parts.slice(1)) : [second];
    return checked(routes, { type: "group", path: named.join("/") }, first);
  }
  if (first === routes.marker || has(routes.ownPages, first)) return { type: "own-page", name: first };
  return inProject(routes, parts, first);
}

function inProject(routes: Routes, parts: readonly string[], first: string): FoundPlace {
  const end = findEnd(routes, parts);
  const own = parts.slice(0, end);
  if (own.length < 2) return checked(routes, { type: "group", path: own.join("/") }, first);
  const path = [...own.slice(0, -1), withoutGit(own.at(-1) ?? "")].join("/");
  const page = parts.slice(end + (parts[end] === routes.marker ? 1 : 0)).join("/");
  for (const subject of routes.subjects) {
    const number = subject.page.exec(page)?.[1];
    if (number === undefined) continue;
    if (subject.type === "merge_request") return { type: "merge_request", path, number: Number(number) };
    return { type: "pipeline", path, pipelineId: String(Number(number)) };
  }
  return checked(routes, { type: "project", path }, first);
}

function findEnd(routes: Routes, parts: readonly string[]): number {
  if (!routes.nested) return Math.min(2, parts.length);
  for (const [index, part] of parts.entries()) {
    if (index === 0) continue;
    if (part === routes.marker) return index;
    if (isGit(part)) return index + 1;
    if (index >= 2 && isPage(routes, parts.slice(index))) return index;
  }
  return parts.length;
}

function isPage(
  { reserved, endsBefore }: Routes,
  [part = "", next = "", ...others]: readonly string[],
): boolean {
  const word = part.toLowerCase();
  if (reserved.some((page) => page === word || startsWith([part, next, ...others], page.split("/"))))
    return true;
  return Object.hasOwn(endsBefore, word) && endsBefore[word]?.test(next) === true;
}

function until({ marker }: Routes, parts: readonly string[]): readonly string[] {
  const end = marker === undefined ? -1 : parts.indexOf(marker);
  return end < 0 ? parts : parts.slice(0, end);
}

/** Nothing on the server has a path with a reserved part behind the first. */
function checked(
  routes: Routes,
  place: { type: "group" | "project"; path: string },
  first: string,
): FoundPlace {
  if (place.path === "") return { type: "own-page", name: first };
  const name = place.path.split("/").find((part, index) => index > 0 && has(routes.reserved, part));
  return name === undefined ? place : { type: "reserved", name };
}

/** What git appends, and pip behind it; a wiki is a repository beside its project's. */
const gitEnding = /(?<=.)(\.wiki)?\.git(@.*)?$/i;

function isGit(part: string): boolean {
  return gitEnding.test(part);
}

function withoutGit(part: string): string {
  return part.replace(gitEnding, "");
}

function has(words: readonly string[], part: string): boolean {
  return words.includes(part.toLowerCase());
}

function startsWith(parts: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((part, index) => part === parts[index]?.toLowerCase());
}

/** The address of the server that people open in the browser, where that of its API or of a page was given; else the same. */
export function toWebUrl({ webUrls }: Routes, url: string): string {
  const fitting = webUrls.find(({ from }) => from.test(url));
  return fitting === undefined ? url : url.replace(fitting.from, fitting.to);
}
