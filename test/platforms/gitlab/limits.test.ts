import { describe, expect, it } from "vitest";
import type { HttpClient, HttpRequest } from "../../../src/lib/http.js";
import { createSessions, type Session } from "../../../src/platforms/gitlab/client.js";
import { limits, type ListLimit, type PagedLimit } from "../../../src/platforms/gitlab/limits.js";
import { readPages } from "../../../src/platforms/gitlab/pages.js";
import { readTodos } from "../../../src/platforms/gitlab/todo-list.js";
import { searchProjects } from "../../../src/platforms/gitlab/projects.js";
import { project as projectSchema } from "../../../src/platforms/gitlab/schema.js";
import { account, colleague, projectPath, startFixture, toConnection, toContext } from "./gitlab-world.js";
import { createPoller, signal } from "./poller.js";

const row = (id: number) => ({ id, path_with_namespace: `acme/p${id}` });

/** A server that has so many rows of one list. */
function openSession(count: number): { session: Session; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const http: HttpClient = {
    async request(request) {
      asked.push(request);
      const { searchParams } = new URL(request.url);
      const page = Number(searchParams.get("page"));
      const size = Number(searchParams.get("per_page"));
      const rest = Math.max(0, Math.min(size, count - (page - 1) * size));
      const rows = Array.from({ length: rest }, (_, index) => row((page - 1) * size + index + 1));
      const body = new TextEncoder().encode(JSON.stringify(rows));
      return {
        status: 200,
        headers: { "x-next-page": page * size < count ? String(page + 1) : "" },
        body,
        url: request.url,
      };
    },
    close: async () => {},
  };
  const context = { ...toContext({ now: () => 0, sleep: async () => {} }), http };
  return { session: createSessions(toConnection("https://gitlab.example.com"), context)(signal()), asked };
}

const isPaged = (limit: ListLimit): limit is PagedLimit => limit.rows !== undefined;
const paged = Object.entries<ListLimit>(limits).flatMap(([name, limit]): Array<[string, PagedLimit]> =>
  isPaged(limit) ? [[name, limit]] : [],
);

describe("every list in pages", () => {
  it.each(paged)(
    "%s is read to its end, and what is left of one that is longer is said",
    async (_name, limit) => {
      for (const extra of [0, 1]) {
        const { session, asked } = openSession(limit.rows + extra);
        const rows = await readPages(session, {
          row: projectSchema,
          limit,
          ask: (page, perPage) => (gl) => gl.projects.all<false, "offset">({ page, perPage }),
          call: { what: "rows" },
          wantsMore: () => true,
        });
        expect(rows).toHaveLength(limit.rows);
        expect(asked).toHaveLength(Math.ceil(limit.rows / limit.perPage));
        const said = session.reported().shortfalls;
        const cut = [{ code: "cut", values: { what: limit.name, limit: limit.rows } }];
        expect(said).toMatchObject(extra === 1 && limit.beyond === "cut" ? cut : []);
      }
    },
  );

  it("of projects finds the 126th of 130, and as many as are wanted", async () => {
    const { session } = openSession(130);
    const connection = toConnection("https://gitlab.example.com");
    const context = toContext({ now: () => 0, sleep: async () => {} });
    const found = await searchProjects({ connection, context, session }, { text: "acme", limit: 500 });
    expect(found).toHaveLength(130);
    expect(found[125]?.path).toBe("acme/p126");
  });
});

describe("a source with one more than it reads", () => {
  it("says of which merge request it has not read all comments", async () => {
    const fixture = await startFixture();
    const made = { author: account, title: "Busy", source: "busy" };
    const { iid } = fixture.sandbox.openMergeRequest(projectPath, made);
    const poller = await createPoller(fixture, "mergeRequests");
    await poller.poll();
    fixture.advance(3_600_000);
    for (let index = 0; index <= limits.notes.rows; index += 1)
      fixture.sandbox.note(projectPath, iid, { by: colleague, body: `${index}` });
    expect((await poller.poll()).shortfalls).toMatchObject([{ code: "cut", key: `comments/!${iid}` }]);
    await fixture.close();
  });

  it("reads to-dos up to the limit and says that there are more", async () => {
    const rows = limits.todos.rows + 1;
    const http: HttpClient = {
      async request({ url }) {
        const page = Number(new URL(url).searchParams.get("page"));
        const of = Array.from({ length: 100 }, (_, index) => rows - ((page - 1) * 100 + index)).filter(
          (id) => id > 0,
        );
        const list = of.map((id) => ({
          id,
          action_name: "assigned",
          created_at: new Date(id * 1000).toISOString(),
        }));
        const body = new TextEncoder().encode(JSON.stringify(list));
        return {
          status: 200,
          headers: { "x-next-page": page * 100 < rows ? String(page + 1) : "" },
          body,
          url,
        };
      },
      close: async () => {},
    };
    const context = { ...toContext({ now: () => 0, sleep: async () => {} }), http };
    const session = createSessions(toConnection("https://gitlab.example.com"), context)(signal());
    const list = await readTodos(session, { newestId: 0, recent: [] });
    expect(list).toMatchObject({ rows: expect.objectContaining({ length: limits.todos.rows }) as unknown });
    expect(session.reported().shortfalls).toMatchObject([{ code: "cut", values: { what: "todos" } }]);
  });
});
