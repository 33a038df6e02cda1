import fc from "fast-check";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { routesOf } from "../../src/platforms/index.js";
import { loadConfig, type Config } from "../../src/config/load.js";
import type { Problem } from "../../src/config/problems.js";
import { toShownConfig } from "../../src/config/show.js";

const build = { platformIds: ["github", "gitlab"], routes: routesOf, secretStoreIds: ["keyring", "env"] };

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gitnotify-config-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  return loadConfig({ ...build, path: join(folder, "config.yaml"), text });
}

function configOf(text: string): Config {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.config;
}

function problemsOf(text: string): Problem[] {
  const loaded = load(text);
  if (loaded.ok) throw new Error("it was accepted");
  return loaded.problems;
}

/** `line:column message [suggestion]` */
function linesOf(text: string): string[] {
  return problemsOf(text).map(
    ({ line, column, message, suggestion }) =>
      `${line}:${column} ${message}${suggestion === undefined ? "" : ` [${suggestion}]`}`,
  );
}

const github = "connections:\n  - { id: github, platform: github, url: https://github.com }\n";

describe("a right config.yaml", () => {
  it("is the defaults when it is missing, and says that it is missing", () => {
    const loaded = loadConfig({ ...build, path: join(folder, "none.yaml") });
    expect(loaded).toMatchObject({ ok: true, exists: false, warnings: [] });
    expect(loaded).toEqual({ ...load(""), exists: false });
  });

  it("has the defaults of the design", () => {
    expect(configOf("")).toEqual({
      telegram: { apiRoot: "https://api.telegram.org" },
      connections: [],
      polling: {
        inbox: "*/30 * * * * *",
        pipelines: "*/30 * * * * *",
        mergeRequests: "* * * * *",
        repository: "*/2 * * * *",
        wiki: "*/5 * * * *",
        adaptive: true,
      },
      subscriptions: [],
      secrets: { store: "keyring" },
      database: { url: "" },
      language: "en",
      logging: { level: "info" },
      web: { enabled: false, listen: "127.0.0.1:7465" },
    });
  });

  it("takes a section with everything below it commented out for an absent one", () => {
    expect(configOf("telegram:\n  owner:\nconnections:\nsubscriptions:\npolling:\n")).toEqual(configOf(""));
  });

  it("is read with a byte order mark and Windows line ends", () => {
    expect(configOf("\uFEFFlanguage: ru\r\nlogging:\r\n  level: debug\r\n")).toMatchObject({
      language: "ru",
      logging: { level: "debug" },
    });
  });

  it("loses trailing slashes of addresses and keeps a path below the host", () => {
    const { connections } = configOf(
      "connections:\n  - { id: a, platform: gitlab, url: https://Example.com/git//, apiUrl: https://example.com/git/api/v4/ }\n",
    );
    expect(connections).toEqual([
      {
        id: "a",
        platform: "gitlab",
        url: "https://example.com/git",
        apiUrl: "https://example.com/git/api/v4",
        allowPrivateAddress: false,
        allowHttp: false,
      },
    ]);
  });

  it("reads a certificate from the folder of the file", () => {
    writeFileSync(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\n");
    const text =
      "connections:\n  - { id: a, platform: gitlab, url: https://a.example.com, caFile: ca.pem }\n";
    expect(configOf(text).connections[0]?.caFile).toBe(join(folder, "ca.pem"));
  });

  it("turns recipients, pasted addresses and feature words into what the rest of the program uses", () => {
    const { subscriptions } = configOf(
      `${github}subscriptions:
  - { to: owner, events: [ci, prs, pipelines] }
  - { to: 42, projects: ["https://github.com/acme/api/pulls"], events: "reviews, mentions" }
  - { to: { chat: -100123, topic: 7 }, projects: ["github:acme/*"], filter: " branch:main " }
  - { to: "42", events: all }
`,
    );
    expect(subscriptions).toMatchObject([
      { origin: "config", to: "owner", features: ["pipelines", "merge_requests"], filter: "" },
      { to: { member: "42" }, projects: ["github:acme/api"], features: ["reviews", "mentions"] },
      { to: { chat: "-100123", topic: "7" }, projects: ["github:acme/*"], filter: "branch:main" },
      { to: { member: "42" } },
    ]);
    expect(subscriptions[0]).not.toHaveProperty("projects");
    expect(subscriptions[2]?.features).not.toContain("tags");
    expect(subscriptions[3]?.features).toContain("tags");
  });

  it("gives a rule an id that stays when rules around it move, and two equal rules two ids", () => {
    const idsOf = (...rules: string[]) =>
      configOf(`subscriptions:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`).subscriptions.map(
        ({ id }) => id,
      );
    const [first, second] = idsOf("{ to: owner }", "{ to: 7 }");
    expect(idsOf("{ to: 8 }", "{ to: 7 }", "{ to: owner }").slice(1)).toEqual([second, first]);
    expect(new Set(idsOf("{ to: owner }", "{ to: owner }")).size).toBe(2);
  });

  it("warns of what is accepted and comes to nothing", () => {
    const loaded = load(
      "subscriptions:\n  - { to: owner, events: [tags, wiki] }\n  - { to: { chat: -5 }, events: all }\n",
    );
    expect(loaded.ok && loaded.warnings).toEqual([
      'subscriptions[0].events: "tags" is kept, but this version delivers nothing of it yet',
      "subscriptions[0].to: nobody is the owner yet; `gitnotify start` prints a pairing link",
      "subscriptions[1]: a chat has no account of its own, so that nothing concerns it: name its projects",
    ]);
  });

  it("is the same again when what `config show` prints is loaded", () => {
    const config = configOf(`telegram: { owner: 5 }
${github}    
  - { id: work, platform: gitlab, url: http://10.0.0.1/x, allowHttp: true, proxy: "http://proxy.example.com:3128/" }
subscriptions:
  - { to: owner, events: [wiki] }
  - { to: { chat: -5, topic: 2 }, projects: ["work:*"], filter: "label:\\"a b\\"" }
  - { to: 77 }
`);
    expect(configOf(stringify(toShownConfig(config)))).toEqual(config);
  });

  it("shows no password of a proxy or a database", () => {
    const config = configOf(
      'telegram: { proxy: "socks5h://ann:hunter2@tor:9050" }\nconnections:\n  - { id: a, platform: github, url: https://github.com, proxy: "http://ann:p@ss@proxy:1" }\n',
    );
    expect(config.connections[0]?.proxy).toContain("ann");
    expect(config.telegram.proxy).toContain("hunter2");
    const shown = JSON.stringify(
      toShownConfig({ ...config, database: { url: "postgres://me:hunter2@db/x" } }),
    );
    expect(shown).toContain("http://***@proxy:1");
    expect(shown).toContain("socks5h://***@tor:9050");
    expect(shown).not.toMatch(/hunter2|p%40ss|p@ss|ann/);
  });
});

describe("a proxy and an authority", () => {
  it.each(["http://p:1", "https://u:pw@p", "socks5://p", "socks5h://u:pw@127.0.0.1:9050", "direct"])(
    "may be %s on the way to a connection and to Telegram",
    (proxy) => {
      const config = configOf(
        `telegram: { proxy: "${proxy}" }\n${github.replace(" }", `, proxy: "${proxy}" }`)}`,
      );
      expect([config.telegram.proxy, config.connections[0]?.proxy]).toEqual([proxy, proxy]);
    },
  );

  it("of Telegram is read from the folder of the file, and missed by its place", () => {
    expect(problemsOf("telegram: { caFile: nowhere.pem }")).toMatchObject([
      {
        line: 1,
        message: expect.stringMatching(/telegram\.caFile: .*nowhere\.pem does not exist/) as string,
      },
    ]);
  });
});

describe("a wrong config.yaml", () => {
  it.each([
    ["langauge: en", ['1:1 unknown key "langauge" [language]']],
    ["polling:\n  inbx: '* * * * *'", ['2:3 polling: unknown key "inbx" [inbox]']],
    ["language: fr", ["1:11 language: must be one of en, ru"]],
    ["logging: { level: inf }", ["1:19 logging.level: must be one of error, warn, info, debug [info]"]],
    ["polling: { adaptive: yes }", ["1:22 polling.adaptive: must be true or false, not text [true]"]],
    ["connections: 5", ["1:14 connections: must be a list, not a number"]],
    ["just text", ["1:1 must be keys with values, not text"]],
    ["telegram:\n  owner: bob", ["2:10 telegram.owner: must be a Telegram user id, a number like 123456789"]],
    [
      "telegram: { owner: 1e300 }",
      ["1:20 telegram.owner: must be a Telegram user id, a number like 123456789"],
    ],
    ["subscriptions:\n  - events: [wiki]", ["2:5 subscriptions[0].to: is missing"]],
    [
      "subscriptions:\n  - to: { chat: -1, topci: 7 }",
      ['2:21 subscriptions[0].to: unknown key "topci" [topic]'],
    ],
    ["subscriptions:\n  - to: { topic: 7 }", ["2:9 subscriptions[0].to.chat: is missing"]],
    [
      "subscriptions:\n  - { to: owner, events: [wiki, pipelnes] }",
      ['2:33 subscriptions[0].events[1]: unknown feature "pipelnes" [pipelines]'],
    ],
    [
      'subscriptions:\n  - to: owner\n    filter: "branch:main autor:bob"',
      ['3:26 subscriptions[0].filter: unknown term "autor" (character 13 of the filter) [author]'],
    ],
    [
      "subscriptions:\n  - to: owner\n    filter: >\n      branch:main\n      autor:bob",
      ['3:13 subscriptions[0].filter: unknown term "autor" (character 13 of the filter) [author]'],
    ],
    [
      "database: { url: mysql://x }",
      ["1:18 database.url: must be empty for SQLite in the home folder, or start with postgres://"],
    ],
    [
      "a: 1\na: 2\nlanguage: xx",
      [
        '1:1 unknown key "a"; there are telegram, connections, polling, subscriptions, secrets, database, language, logging, web',
        '2:1 the key "a" is given twice',
        "3:11 language: must be one of en, ru",
      ],
    ],
    ["polling:\n\tinbox: x", ["2:1 YAML is indented with spaces, and here is a tab"]],
  ])("%j: says what is wrong and where", (text, expected) => {
    expect(linesOf(text)).toEqual(expected);
  });

  it.each([
    ['"*/90 * * * * *"', '"*/30 * * * * *"', "a step of 90"],
    ['"*/45 * * * *"', '"*/30 * * * *"', "a step of 45"],
    ['"0 */5 * * *"', '"0 */6 * * *"', "a step of 5 does not divide the 24 hours"],
    ['"*/7 * * * * *"', '"*/6 * * * * *"', "a step of 7"],
    ['"bad"', "undefined", "five fields"],
    ['"a b c d e"', "undefined", "node-cron"],
    ['"61 * * * *"', "undefined", "node-cron"],
    ['"@daily"', "undefined", "five fields"],
  ])("refuses the schedule %s and suggests %s", (schedule, suggestion, message) => {
    const [problem] = problemsOf(`polling: { inbox: ${schedule} }`);
    expect(problem?.message).toContain(message);
    expect(problem?.suggestion === undefined ? "undefined" : `"${problem.suggestion}"`).toBe(suggestion);
  });

  it.each(["*/20 * * * * *", "* * * * *", "0 9-17 * * mon-fri", "*/2 * */3 * *", "5,10 0 1 jan *"])(
    "accepts the schedule %s",
    (schedule) => {
      expect(configOf(`polling: { wiki: "${schedule}" }`).polling.wiki).toBe(schedule);
    },
  );

  it.each([
    ["url: http://a.example.com", "must start with https://"],
    ["url: ftp://a.example.com", "must be a web address"],
    ["url: a.example.com", "must be a web address"],
    ["url: https://bob:hunter2@a.example.com", "must not hold a user name"],
    ["url: https://a.example.com/?x=1", "before any"],
    ["url: https://a.example.com, apiUrl: http://a.example.com", "must start with https://"],
    ["url: https://a.example.com, proxy: 'socks4://p:hunter2@p:1'", "SOCKS4, which is not supported"],
    ["url: https://a.example.com, proxy: p:1", "HTTP or SOCKS5 proxy"],
    ["url: https://a.example.com, proxy: 'http://p:hunter2#@p:1'", "HTTP or SOCKS5 proxy"],
    ["url: https://a.example.com, proxy: 'http://p:1/hunter2'", "must end after host and port"],
    ["url: https://a.example.com, caFile: none.pem", "does not exist"],
    ["url: https://a.example.com, caFile: .", "cannot be read"],
    ["url: https://a.example.com, caFile: config.yaml", "holds no certificate"],
    ["url: https://a.example.com, token: hunter2", "gitnotify secrets set"],
  ])("refuses the connection with %s", (keys, message) => {
    writeFileSync(join(folder, "config.yaml"), "");
    const problems = problemsOf(`connections:\n  - { id: a, platform: gitlab, ${keys} }`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("accepts http where it is allowed, and for Telegram on a loopback address alone", () => {
    const url = "connections:\n  - { id: a, platform: gitlab, url: http://10.0.0.1:8080/, allowHttp: true }";
    expect(configOf(url).connections[0]?.url).toBe("http://10.0.0.1:8080");
    for (const host of ["127.0.0.1:8081", "localhost", "[::1]:1"]) {
      expect(configOf(`telegram: { apiRoot: "http://${host}/" }`).telegram.apiRoot).toBe(`http://${host}`);
    }
    for (const host of ["10.0.0.1", "localhost.example.com", "127.0.0.1.example.com"]) {
      expect(problemsOf(`telegram: { apiRoot: "http://${host}" }`)[0]?.message).toContain("https://");
    }
  });

  it.each([
    ["github", "https://ghe.example/api/v3", "https://ghe.example"],
    ["github", "https://ghe.example:8443/api/v3/", "https://ghe.example:8443"],
    ["github", "https://ghe.example/api/graphql", "https://ghe.example"],
    ["github", "https://api.github.com", "https://github.com"],
    ["github", "https://www.github.com", "https://github.com"],
    ["github", "https://github.com/acme/api", "https://github.com"],
    ["github", "https://api.octo.ghe.com", "https://octo.ghe.com"],
    ["gitlab", "https://gitlab.com/api/v4", "https://gitlab.com"],
    ["gitlab", "https://example.com/gitlab/api/v4/projects", "https://example.com/gitlab"],
    ["gitlab", "https://example.com/api/graphql", "https://example.com"],
  ])("a %s at %s is told the address that people open", (platform, url, suggestion) => {
    const text = `connections:\n  - id: x\n    platform: ${platform}\n    url: ${url}\n`;
    const message =
      "connections[0].url: must be the address that people open in the browser, not that of the API or of a page";
    expect(problemsOf(text)).toMatchObject([{ line: 4, column: 10, message, suggestion }]);
    expect(load(text.replace(url, suggestion))).toMatchObject({ ok: true });
  });

  it.each([
    ["github", "https://octo.ghe.com"],
    ["gitlab", "https://example.com/api"],
    ["gitlab", "https://api.example.com/git/lab"],
  ])("a %s may be at %s", (platform, url) => {
    expect(load(`connections: [{ id: x, platform: ${platform}, url: "${url}" }]`)).toMatchObject({
      ok: true,
    });
  });

  it("answers a file of 60,000 unknown keys soon, with as many problems as a person reads", () => {
    const timeOf = (count: number) => {
      const text = Array.from({ length: count }, (_, index) => `key${index}: 1\n`).join("");
      const before = performance.now();
      const problems = problemsOf(text);
      expect(problems).toHaveLength(51);
      expect(problems[50]).toMatchObject({
        line: 51,
        message: `and ${(count - 50).toLocaleString("en")} more from here on`,
      });
      return performance.now() - before;
    };
    timeOf(100);
    const few = timeOf(6_000);
    // Ten times the keys; what is quadratic takes a hundred times as long.
    expect(timeOf(60_000)).toBeLessThan(Math.max(few * 40, 2_000));
  });

  it("tells ids that are odd or used twice, and projects on connections that are not there", () => {
    expect(
      linesOf(`${github}  - { id: github, platform: gitlab, url: https://gitlab.com }
  - { id: Work_1, platform: gitlab, url: https://gitlab.com }
subscriptions:
  - { to: owner, projects: ["githb:a/b", "github:a", "github:a/b"] }
`),
    ).toEqual([
      '3:11 connections[1].id: "github" is already the id of connections[0]',
      "4:11 connections[2].id: must be lower-case letters, digits and hyphens, like work or github-2",
      '6:29 subscriptions[0].projects[0]: no connection is called "githb"; there are github, github, Work_1 [github:a/b]',
      '6:42 subscriptions[0].projects[1]: "a" is a group or an owner, not a project [github:a/*]',
    ]);
  });

  it("says of what is promised and not there yet that it is not there yet", () => {
    expect(
      linesOf(
        "database: { url: postgres://me:hunter2@db/x }\nsecrets: { store: systemd }\nweb: { enabled: true }",
      ),
    ).toEqual([
      "1:18 database.url: PostgreSQL is not supported yet by this version: leave it empty for SQLite",
      "2:19 secrets.store: the store systemd is not supported yet by this version: use keyring or env",
      "3:17 web.enabled: the web server is not supported yet by this version: leave it false",
    ]);
  });

  it("is a problem, not an exception, when it cannot be read", () => {
    expect(loadConfig({ ...build, path: folder })).toMatchObject({
      ok: false,
      problems: [{ message: "this file cannot be read: it is a folder" }],
    });
    const path = join(folder, "closed.yaml");
    writeFileSync(path, "language: en");
    chmodSync(path, 0);
    // Root reads everything.
    if (process.getuid?.() !== 0) expect(loadConfig({ ...build, path })).toMatchObject({ ok: false });
  });

  it("is refused when aliases make a huge tree of it", () => {
    const levels = "abcdefghij".split("");
    const text = levels.map((name, index) => {
      const inner = index === 0 ? "[x, x, x, x, x, x, x, x, x]" : `[${`*${levels[index - 1]}, `.repeat(9)}]`;
      return `${name}: &${name} ${inner}`;
    });
    expect(problemsOf(text.join("\n"))[0]?.message).toContain("aliases");
  });
});

describe("any text", () => {
  it("is settings or problems inside the file, and never an exception", () => {
    const piece = fc.constantFrom(
      ..."\n\t :-#&*!|>'\"{}[],?%@`",
      ...[
        "telegram:",
        "connections:\n  - id: a\n",
        "to: owner",
        "filter: ",
        "url: https://a",
        "  ",
        "<<: *a",
        "&a",
        "null",
        "1e999",
        "__proto__: 1",
        "constructor: 2",
        "- ",
        "events: [",
        "? [a]: b",
        "!!binary x",
        "---",
        "polling: {inbox: ",
      ],
    );
    const text = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (written) => {
        const loaded = load(written);
        if (loaded.ok) return;
        expect(loaded.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of loaded.problems) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(written.split("\n").length + 1);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
