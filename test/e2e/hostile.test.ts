import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  eventually,
  owner,
  ownerChat,
  pollRound,
  startSurroundings,
  tokens,
  type Surroundings,
} from "./harness.js";
import { spawnGitnotify } from "./process.js";

let world: Surroundings;
beforeEach(async () => {
  world = await startSurroundings();
});
afterEach(() => world.close());

const sent = () => ownerChat(world).filter(({ text }) => !text.includes("Now watching"));

const titles: Array<[string, string, string]> = [
  [
    "markup",
    `</a></b><a href="tg://user?id=1">x</a><script>alert(1)</script> & &amp; &#x41;`,
    `<a href="tg://user?id=1">x</a>`,
  ],
  ["marks that turn the writing around", "safe\u202Egnp.exe\u2066 \u200Fx\u2069 end", "end"],
  ["10,000 characters", `${"Very long ".repeat(1000)}`, "Very long"],
  ["10,000 letters of two units each", "😀".repeat(10_000), "😀"],
  ["control characters", "a\u0000b\u0001c\u001b[31md\u007f end", "end"],
  ["half a character", "broken \ud83d end", "end"],
  ["a command and a call to all", "/merge acme/api#1 @all @mia_bot", "merge"],
  ["only white space", " \n\t ", "Words"],
  ["braces of the message format", "{count, plural, one {#}} '{' {actor}", "{actor}"],
];

describe("what strangers write into titles, branches, bodies and names", () => {
  it.each(titles)("is shown as what it is, and never stops a message: %s", async (_, title, shown) => {
    await pollRound(world);
    const { github, gitlab } = world;
    const body = `${title}\n@mia Words`;
    const { number } = github.openPullRequest("acme/api", { author: "ann", title, body, head: "hub" });
    github.requestReview("acme/api", number, { by: "ann", reviewer: "mia" });
    const { iid } = gitlab.openMergeRequest("platform/core", {
      author: "bob",
      title,
      description: body,
      source: "lab",
    });
    gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "mia" });
    const run = github.startRun("acme/api", { workflow: title, branch: "main", actor: "ann", title });
    github.finishRun("acme/api", run.id, {
      conclusion: "failure",
      jobs: [{ name: title, conclusion: "failure", step: title, log: title }],
    });
    github.editWiki("acme/api", { by: "ann", page: "Home", content: title, message: title });
    gitlab.editWiki("platform/core", {
      by: "ann",
      slug: "home",
      title: title.trim() === "" ? "home" : title,
      content: title,
    });
    await pollRound(world);
    const texts = sent().map((message) => message.text);
    expect(texts).toHaveLength(5);
    expect(texts.filter((text) => text.includes("acme/api PR #1") && text.includes(shown))).toHaveLength(1);
    expect(texts.filter((text) => text.includes("platform/core MR !1") && text.includes(shown))).toHaveLength(
      1,
    );
    for (const message of sent()) {
      expect(message.text.length).toBeLessThanOrEqual(4096);
      expect([...message.text].filter(isOdd)).toEqual([]);
      const links = [...message.html.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? "");
      for (const href of links)
        expect(href.startsWith(world.github.url) || href.startsWith(world.gitlab.url)).toBe(true);
    }
    // A line that Telegram could not read would have gone out as plain text, and the log would say so.
    expect(world.logged.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});

/** Controls other than the line break, and marks that turn the direction of writing. */
function isOdd(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code < 32 && code !== 10) ||
    code === 127 ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}

describe("tokens", () => {
  it("are nowhere but in the requests: not in files, messages or what is printed, whatever fails", async () => {
    const { github, gitlab, telegram } = world;
    const secrets = [tokens.github, tokens.gitlab, telegram.token, telegram.token.split(":")[1] ?? ""];
    const spawned = spawnGitnotify(world, ["--log-level", "debug", "start"]);
    try {
      await eventually(() => ownerChat(world).length >= 2, { describe: () => spawned.printed() });
      const echo = {
        kind: "status",
        status: 500,
        body: { message: `bad ${secrets.join(" ")}` },
      } as const;
      github.server.faults.add(/pulls/, echo, 1);
      github.server.faults.add(/actions/, { kind: "reset" }, 1);
      github.server.faults.add(
        /branches/,
        { kind: "redirect", location: `http://127.0.0.1:9/?t=${tokens.github}` },
        1,
      );
      gitlab.server.faults.add(/wikis/, echo, 1);
      gitlab.server.faults.add(/merge_requests/, { kind: "html" }, 1);
      gitlab.server.faults.add(/pipelines/, { kind: "truncated" }, 1);
      telegram.faults.add(/sendMessage/, echo, 1);
      telegram.faults.add(/getUpdates/, { kind: "reset" }, 1);
      const { iid } = gitlab.openMergeRequest("platform/core", {
        author: "bob",
        title: "Some work",
        description: "d",
        source: "s",
      });
      gitlab.requestReview("platform/core", iid, { by: "bob", reviewer: "mia" });
      telegram.say({ userId: owner, chatId: owner, text: "/log acme/api@404404" });
      telegram.say({ userId: owner, chatId: owner, text: "/mrs nowhere/nothing" });
      // Two sources of one server failed in a row: it is asked by a probe alone, twice a minute, until it answers.
      await eventually(() => sent().some(({ text }) => text.includes("Some work")), {
        timeoutMs: 90_000,
        describe: () => spawned.printed(),
      });
      gitlab.revokeToken(tokens.gitlab);
      await eventually(() => sent().some(({ text }) => text.includes("refused the token")), {
        timeoutMs: 90_000,
        describe: () => spawned.printed(),
      });
    } finally {
      spawned.child.kill("SIGTERM");
      await spawned.ended;
    }
    const places = [
      ["printed", spawned.printed()],
      ["chat", JSON.stringify(telegram.chat(owner))],
      ...filesUnder(world.home).map((file) => [file, readFileSync(file).toString("latin1")]),
    ] as Array<[string, string]>;
    expect(places.some(([place]) => place.endsWith("gitnotify.db"))).toBe(true);
    expect(places.some(([place, text]) => place.endsWith(".log") && text.length > 200)).toBe(true);
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    ]);
    const leaks = places.flatMap(([place, text]) =>
      forms.filter((form) => text.includes(form)).map(() => place),
    );
    expect(leaks).toEqual([]);
  }, 240_000);
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}
