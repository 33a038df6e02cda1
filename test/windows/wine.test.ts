import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readDaemonState } from "../../src/lib/daemon-state.js";
import type { ShownMessage } from "../../src/sandbox/telegram/index.js";
import { eventually, owner, ownerChat, startSurroundings, type Surroundings } from "../e2e/harness.js";
import { environmentOf } from "../e2e/process.js";
import { hasTmux, openTerminal } from "../e2e/tmux.js";
import { parseXml } from "../service/parse-xml.js";
import { openWine, type Started, toWindowsPath, whyNoWine, type Wine } from "./wine.js";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const whyNot = whyNoWine();
const project = "platform/core";

describe.skipIf(whyNot !== null)(`Windows, as Wine has it${whyNot === null ? "" : ` (${whyNot})`}`, () => {
  let wine: Wine;
  beforeAll(async () => {
    wine = await openWine();
  });
  afterAll(() => wine?.close());

  it("tells its version, and has its files in the folders of Windows", async () => {
    expect(await wine.gitnotify(["--version"])).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await wine.gitnotify(["config", "path", "--all"]);
    const lines = (names: string, folder: string) =>
      new RegExp(`^(${names})\\tC:\\\\users\\\\[^\\\\]+\\\\AppData\\\\${folder}\\\\gitnotify`, "gm");
    expect(stdout.match(lines("configFile|databaseFile|backupsDir", "Roaming"))).toHaveLength(3);
    expect(stdout.match(lines("logsDir|cacheDir|stateDir", "Local"))).toHaveLength(3);
  });

  it("without a terminal, init says so and names the flags", async () => {
    const ran = await wine.gitnotify(["init"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("no terminal");
    expect(ran.stderr).toContain("--non-interactive");
  });

  describe("the Credential Manager", () => {
    it("keeps a secret, lists its name and removes it", async () => {
      expect(
        await wine.gitnotify(["secrets", "set", "telegram"], { input: "123456:grüße\r\n" }),
      ).toMatchObject({ code: 0, stderr: expect.stringContaining("Stored telegram in keyring") as string });
      const listed = await wine.gitnotify(["secrets", "list"]);
      expect(listed.stdout).toMatch(/^telegram\s+stored$/m);
      expect(listed.stderr).toContain("the Windows Credential Manager. It works.");
      expect(await wine.gitnotify(["secrets", "remove", "telegram"])).toMatchObject({ code: 0 });
      expect((await wine.gitnotify(["secrets", "list"])).stdout).toMatch(/^telegram\s+missing$/m);
    });

    it("takes 1,280 characters and refuses one more before it is asked", async () => {
      const set = (length: number) =>
        wine.gitnotify(["secrets", "set", "telegram"], { input: "x".repeat(length) });
      expect(await set(1_280)).toMatchObject({ code: 0 });
      const refused = await set(1_281);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain("longer than the 1280 characters");
      expect(refused.stderr).not.toContain("xxx");
      await wine.gitnotify(["secrets", "remove", "telegram"]);
    });
  });

  describe("service install --print", () => {
    const home = "D:\\Größe & Weg\\";
    const print = async () => {
      const { code, stdout } = await wine.gitnotify([
        "--json",
        "--home",
        home,
        "service",
        "install",
        "--print",
      ]);
      expect(code).toBe(0);
      return JSON.parse(stdout) as {
        files: Array<{ path: string; content: string | { copyOf: string } }>;
        commands: Array<{ argv: string[] }>;
      };
    };

    it("plans a task at logon that starts this Node with this program in this home", async () => {
      const { files, commands } = await print();
      const [file] = files;
      expect(file?.path).toMatch(
        /^C:\\users\\[^\\]+\\AppData\\Local\\gitnotify\\service\\gitnotify-task\.xml$/,
      );
      const xml = parseXml(file?.content as string);
      expect(xml.texts("Arguments")).toEqual([
        `--headless "${wine.node}" --max-semi-space-size=1 "${wine.script}" --home "D:\\Größe & Weg" start`,
      ]);
      expect(xml.texts("UserId")[0]).toMatch(/^[^\\]+\\[^\\]+$/);
      expect(commands[0]?.argv.slice(0, 2)).toEqual(["schtasks", "/Create"]);
    });

    it("prints commands that cmd and PowerShell take", async () => {
      const { stdout } = await wine.gitnotify(["service", "install", "--print"]);
      expect(stdout).toMatch(/^schtasks \/Create \/TN gitnotify \/XML C:\\users\\\S+-task\.xml \/F$/m);
    });

    it("plans a service of WinSW where there is one", async () => {
      const winsw = join(wine.profile, "winsw.exe");
      writeFileSync(winsw, "");
      const { files, commands } = await print();
      rmSync(winsw);
      expect(files[0]?.content).toEqual({
        copyOf: expect.stringMatching(/^C:\\users\\.*\\winsw\.exe$/) as string,
      });
      const xml = parseXml(files[1]?.content as string);
      expect(xml.texts("executable")).toEqual([wine.node]);
      expect(xml.texts("argument")).toEqual([
        "--max-semi-space-size=1",
        wine.script,
        "--home",
        "D:\\Größe & Weg",
        "start",
      ]);
      expect(commands.map(({ argv }) => argv)).toEqual([
        [files[0]?.path, "install"],
        [files[0]?.path, "start"],
      ]);
    });
  });

  describe("the daemon", () => {
    let world: Surroundings;
    let home: string;
    let running: Started[] = [];
    beforeEach(async () => {
      world = await startSurroundings();
      home = join(world.home, "Größe und Weg");
      mkdirSync(home);
      writeConfig(world.config());
    });
    afterEach(async () => {
      for (const one of running) one.kill();
      await Promise.all(running.map(({ ended }) => ended));
      running = [];
      await world.close();
    });

    const writeConfig = (text: string) => writeFileSync(join(home, "config.yaml"), text);
    const inHome = (...words: string[]) => ["--home", toWindowsPath(home), ...words];
    const gitnotify = (...words: string[]) => wine.gitnotify(inHome(...words), { env: tokens(world) });
    function start(env = tokens(world)): Started {
      const started = wine.start(inHome("start"), env);
      running.push(started);
      return started;
    }
    const saying = (...words: string[]) =>
      ownerChat(world).filter(({ text }) => words.every((word) => text.includes(word)));
    const told = (daemon: Started, ...words: string[]) =>
      eventually(() => saying(...words).length > 0, { timeoutMs: 30_000, describe: () => daemon.printed() });
    const open = (title: string) =>
      world.gitlab.openMergeRequest(project, { author: "bob", title, source: title.replaceAll(" ", "-") });
    /** As the Task Manager and `schtasks /End` do it: nothing is said to the process. */
    async function endHard(daemon: Started): Promise<void> {
      const pid = readFileSync(join(home, "daemon.pid"), "utf8").trim();
      expect(await wine.run(["taskkill", "/F", "/PID", pid])).toMatchObject({ code: 0 });
      await daemon.ended;
    }

    it("polls, delivers a card, answers /status, and is seen by `status` and `doctor`", async () => {
      const daemon = start();
      await told(daemon, "Now watching", project);
      open("Grüße aus Köln");
      await told(daemon, "Grüße aus Köln");
      world.telegram.say({ userId: owner, chatId: owner, text: "/status" });
      await told(daemon, "Status", "all well");
      expect(await gitnotify("status")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/● running[^]*all well/) as string,
      });
      const doctor = await gitnotify("doctor");
      expect(doctor, doctor.stdout).toMatchObject({ code: 0 });
      expect(doctor.stdout).toContain(`home ${toWindowsPath(home)}`);
    });

    it("holds its home against a second one, and lets go of it when it is ended hard", async () => {
      const daemon = start();
      await told(daemon, "Now watching", project);
      expect(await gitnotify("start")).toMatchObject({
        code: 5,
        stderr: expect.stringContaining(`process ${readDaemonState(home)?.pid}`) as string,
      });
      await endHard(daemon);
      const status = await gitnotify("status");
      expect(status.stdout).toContain("It ended without a clean stop");
      open("Opened while nothing ran");
      await told(start(), "Opened while nothing ran");
    });

    it("loses nothing when it is ended hard again and again, and says what may come twice", async () => {
      const titles = Array.from({ length: 6 }, (_, index) => `Work number ${index}.`);
      let daemon = start();
      await told(daemon, "Now watching", project);
      for (const [index, title] of titles.entries()) {
        open(title);
        // Before it is seen, while it is on its way, and after.
        await new Promise((resolve) => setTimeout(resolve, index * 350));
        await endHard(daemon);
        daemon = start();
        await eventually(() => /\d connections?/.test(daemon.printed()), { timeoutMs: 20_000 });
      }
      for (const title of titles) await told(daemon, title);
      for (const title of titles)
        expect(saying(title).filter(isUnmarked).length, title).toBeLessThanOrEqual(1);
      expect((await gitnotify("doctor")).stdout).toContain("database whole");
    });

    it("puts the log aside when it is full", async () => {
      mkdirSync(join(home, "logs"));
      writeFileSync(join(home, "logs", "gitnotify.log"), `${"x".repeat(4_999_990)}\n`);
      const daemon = start();
      await told(daemon, "Now watching", project);
      await eventually(() => existsSync(join(home, "logs", "gitnotify.log.1")));
      expect(readFileSync(join(home, "logs", "gitnotify.log"), "utf8")).toMatch(/^\{.*\}$/m);
    });

    it("takes its tokens from the Credential Manager, however the home is spelled", async () => {
      writeConfig(world.config().replace("store: env", "store: keyring"));
      const names = {
        telegram: "GITNOTIFY_SECRET_TELEGRAM",
        "connection/github": "GITNOTIFY_SECRET_CONNECTION_GITHUB",
        "connection/work": "GITNOTIFY_SECRET_CONNECTION_WORK",
      };
      const spelled = ["--home", toWindowsPath(home).replace(/^Z/, "z")];
      for (const [name, variable] of Object.entries(names)) {
        const input = `${tokens(world)[variable] ?? ""}\r\n`;
        expect(await wine.gitnotify([...spelled, "secrets", "set", name], { input })).toMatchObject({
          code: 0,
        });
      }
      const daemon = start({});
      await told(daemon, "Now watching", project);
      for (const name of Object.keys(names)) await wine.gitnotify([...spelled, "secrets", "remove", name]);
    });

    it.skipIf(!hasTmux)("stops in order on Ctrl-C in its console (skipped without tmux)", async () => {
      const terminal = openTerminal({ columns: 150, env: { ...wine.env, ...tokens(world) } });
      try {
        const line = ["wine", wine.node, wine.script, ...inHome("start")]
          .map((word) => `'${word}'`)
          .join(" ");
        terminal.paste(`${line}; echo "ended with $?"`);
        terminal.press("Enter");
        await eventually(() => saying("Now watching", project).length > 0, { timeoutMs: 30_000 });
        terminal.press("C-c");
        await terminal.see("Stopping…", "ended with 0");
        expect(existsSync(join(home, "daemon.json"))).toBe(false);
        expect(existsSync(join(home, "daemon.pid"))).toBe(false);
      } finally {
        terminal.close();
      }
    });
  });
});

/** As it was sent: an edit takes the mark away. */
const isUnmarked = ({ history, text }: ShownMessage) => !(history[0] ?? text).includes("possibly repeated");

/** Without the PATH of Linux, which is Wine's own affair. */
function tokens(world: Surroundings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environmentOf(world)).filter(([name]) => name.startsWith("GITNOTIFY_")),
  );
}
