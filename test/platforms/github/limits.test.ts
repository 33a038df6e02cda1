import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { HttpClient, HttpRequest } from "../../../src/lib/http.js";
import { silentLog } from "../../../src/lib/log.js";
import { createGitHubClient, type GitHubSession } from "../../../src/platforms/github/client.js";
import { limits, type ListLimit } from "../../../src/platforms/github/limits.js";
import { readList } from "../../../src/platforms/github/lists.js";
import { searchProjects } from "../../../src/platforms/github/projects.js";
import { pullFields } from "../../../src/platforms/github/pull-query.js";

const apiUrl = "https://ghe.example/api/v3";
const row = (id: number) => ({ id, full_name: `acme/p${id}`, private: false });

/** A server that has so many rows of one list, and writes another name of its own into its links. */
function openSession(count: number): { session: GitHubSession; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const http: HttpClient = {
    async request(request) {
      asked.push(request);
      const { pathname, searchParams } = new URL(request.url);
      const page = Number(searchParams.get("page") ?? 1);
      const size = Number(searchParams.get("per_page"));
      const rest = Math.max(0, Math.min(size, count - (page - 1) * size));
      const rows = Array.from({ length: rest }, (_, index) => row((page - 1) * size + index + 1));
      const next = `https://alias.internal${pathname}?per_page=${size}&page=${page + 1}`;
      return {
        status: 200,
        headers: {
          "content-type": "application/json",
          ...(page * size < count ? { link: `<${next}>; rel="next"` } : {}),
        },
        body: new TextEncoder().encode(JSON.stringify(rows)),
        url: request.url,
      };
    },
    close: async () => {},
  };
  const context = {
    http,
    credential: async () => "ghp_x",
    clock: { now: () => 0, sleep: async () => {} },
    log: silentLog,
    cacheDir: "",
  };
  return { session: createGitHubClient(apiUrl, context)(new AbortController().signal), asked };
}

const nested = [
  "news",
  "nestedRemarks",
  "standing",
  "labels",
  "assignees",
  "reviewRequests",
  "opinions",
  "threads",
];
const lists = Object.entries<ListLimit>(limits).filter(([name]) => !nested.includes(name));

describe("every list in pages", () => {
  it.each(lists)(
    "%s is read to its end, and what is left of one that is longer is said",
    async (_name, limit) => {
      for (const extra of [0, 1]) {
        const { session, asked } = openSession(limit.rows + extra);
        const rows = await readList(session, {
          url: "/user/repos",
          row: z.object({ id: z.number() }),
          limit,
          what: "rows",
        });
        expect(rows).toHaveLength(limit.rows);
        expect(asked).toHaveLength(Math.ceil(limit.rows / limit.perPage));
        const cut = [{ code: "cut", values: { what: limit.name, limit: limit.rows } }];
        expect(session.reported().shortfalls).toMatchObject(extra === 1 && limit.beyond === "cut" ? cut : []);
      }
    },
  );

  it("asks the configured host alone, whatever host a link names", async () => {
    const { session, asked } = openSession(250);
    await readList(session, {
      url: "/user/repos",
      row: z.unknown(),
      limit: limits.repositories,
      what: "rows",
    });
    expect(asked.map(({ url }) => new URL(url).host)).toEqual(["ghe.example", "ghe.example", "ghe.example"]);
  });

  it("finds a project far behind the first five hundred", async () => {
    const { session } = openSession(800);
    const found = await searchProjects(session, { text: "acme/p777", limit: 10 }, "work");
    expect(found.map(({ path }) => path)).toEqual(["acme/p777"]);
  });
});

describe("lists nested in one answer of GraphQL", () => {
  it.each(nested)("%s is asked for as the table says", (name) => {
    const { perPage } = (limits as Record<string, ListLimit>)[name] ?? { perPage: 0 };
    expect(pullFields).toMatch(new RegExp(`(first|last): ${perPage}\\b`));
  });
});
