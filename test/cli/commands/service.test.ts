import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aRegistry, run, useFolder } from "../terminal.js";

const folder = useFolder();
const hasSystemd = process.platform === "linux" && existsSync("/run/systemd/system");

function service(words: string[]) {
  return run(["--home", folder.path, "service", ...words], { registry: aRegistry(new Map()) });
}

describe("gitnotify service", () => {
  it.each(["install", "uninstall", "start", "stop", "restart", "status", "logs"])(
    "%s has a help with an example",
    async (verb) => {
      const ran = await service([verb, "--help"]);
      expect(ran.code).toBe(0);
      expect(ran.stdout).toMatch(/Examples?:\n {2}gitnotify service/);
    },
  );

  it("installs nothing where nothing is set up", async () => {
    expect(await service(["install"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("gitnotify init") as string,
    });
  });

  it("refuses a name that is none, and a number of lines that is none", async () => {
    expect((await service(["status", "--name", "../x"])).code).toBe(2);
    expect((await service(["logs", "-n", "many"])).code).toBe(2);
  });

  it.skipIf(process.platform !== "linux" || hasSystemd)(
    "says what to do where no systemd runs (needs Linux without systemd)",
    async () => {
      writeFileSync(join(folder.path, "config.yaml"), "language: en\n");
      for (const words of [["install"], ["install", "--system"], ["status"], ["logs"]]) {
        expect(await service(words)).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/systemd does not run this machine[^]*gitnotify start/) as string,
        });
      }
    },
  );

  it.each([
    [[], "systemd/user/gitnotify.service", "systemctl --user enable"],
    [["--system"], "/etc/systemd/system/gitnotify.service", "systemd-creds encrypt"],
    [["--for", "linux"], "systemd/user/gitnotify.service", "ExecStart="],
    [["--for", "macos"], "LaunchAgents/", "launchctl"],
    [["--for", "windows"], ".xml", "schtasks"],
  ])(
    "prints with --print %j what would be installed, wherever it runs, and touches nothing",
    async (words, path, run) => {
      const ran = await service(["install", "--print", ...words]);
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain(path);
      expect(ran.stdout).toContain(run);
      const json = await service(["--json", "install", "--print", ...words]);
      expect(JSON.parse(json.stdout)).toMatchObject({ files: [{}], commands: expect.any(Array) as unknown });
      expect(readdirSync(folder.path)).toEqual([]);
    },
  );

  it("prints nothing for the machine where only systemd has such a service, and installs nothing elsewhere", async () => {
    expect(await service(["install", "--print", "--system", "--for", "macos"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("with systemd only") as string,
    });
    expect(await service(["install", "--for", "macos"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Add --print.") as string,
    });
  });
});
