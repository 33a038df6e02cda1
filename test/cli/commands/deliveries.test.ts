import { beforeEach, describe, expect, it } from "vitest";
import { fillHome } from "../full-home.js";
import { run, useFolder } from "../terminal.js";

const folder = useFolder();
beforeEach(() => fillHome(folder.path, Date.now()));

const deliveries = (...words: string[]) => run(["--home", folder.path, "deliveries", ...words]);

describe("deliveries show", () => {
  it("says to whom, what it is about, since when in people's time, and what the message says", async () => {
    const { code, stdout } = await deliveries("show", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^delivery +1, dead\nto +4242\n/);
    expect(stdout).toMatch(
      /^about +work:platform\/payment-service-backend-with-a-long-name merge_request 12: Fix the login$/m,
    );
    expect(stdout).toMatch(/^since +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(3 minutes ago\)$/m);
    expect(stdout).toMatch(/^ended .*\((60|61|62|63|64|65) seconds ago\)$/m);
    expect(stdout).toMatch(/^reason +Telegram refused it/m);
    expect(stdout).toMatch(/\n\n {2}💬? ?.*Bob.*commented.*\n {2}> First line\.\n {2}> Second line\.\n$/);
  });

  it("shows the words of a notice", async () => {
    const { stdout } = await deliveries("show", "2");
    expect(stdout).toMatch(/^delivery +2, pending$/m);
    expect(stdout).toMatch(/^next .*\(\d+ seconds? ago\)$/m);
    expect(stdout).toContain("The token of work works again");
  });

  it("gives all of it as one JSON value", async () => {
    const { stdout, stderr } = await run(["--home", folder.path, "--json", "deliveries", "show", "1"]);
    expect(JSON.parse(stdout)).toMatchObject({
      delivery: { id: 1, state: "dead" },
      event: { kind: "comment.created" },
      text: expect.stringContaining("> First line.") as unknown,
    });
    expect(stderr).toBe("");
  });

  it("says where the ids are when there is none like that", async () => {
    expect(await deliveries("show", "99")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "gitnotify: there is no delivery 99\n`gitnotify deliveries list --all` shows them.\n",
    });
  });
});
