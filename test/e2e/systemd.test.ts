import { chownSync, cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Booted,
  bootSystemd,
  type InsideOptions,
  type Ran,
  until,
  whyNoBoot,
} from "./booted-systemd.js";

const whyNot = whyNoBoot();

/** A daemon under a systemd that really booted. The tests go on from one another: one machine, one life. */
describe.skipIf(whyNot !== null)(
  `a service in a booted systemd${whyNot === null ? "" : ` (${whyNot})`}`,
  () => {
    let machine: Booted;
    let before: string;

    const gitnotify = (words: string[], options?: InsideOptions): Promise<Ran> =>
      machine.run([machine.node, `${machine.app}/bin/gitnotify.cjs`, ...words], options);
    const state = async (options?: InsideOptions) =>
      JSON.parse((await gitnotify(["--json", "service", "status"], options)).stdout) as Record<
        string,
        unknown
      >;
    const untilRestarted = (pid: unknown, options?: InsideOptions) =>
      until(async () => {
        const now = await state(options);
        return now["running"] === true && now["pid"] !== pid;
      }, 25_000);
    /** What a service leaves traces in; not the key that systemd-creds makes for the whole machine. */
    const traces = () =>
      machine.must([
        "sh",
        "-c",
        "find /etc /var/lib/systemd /home -not -name credential.secret -not -path '*/sandbox*' -not -path '*/timers*' | sort",
      ]);

    beforeAll(async () => {
      machine = await bootSystemd();
      await startSandbox(machine);
      await gitnotify(["--version"]);
      before = await traces();
    }, 60_000);

    afterAll(() => machine?.stop());

    describe("of the machine", () => {
      const pathOf = (file: string) => join(machine.root, "var/lib/private/gitnotify", file);

      it("is active when the daemon says that it is ready, with the tokens of the person's store", async () => {
        const ran = await gitnotify(["--home", "/srv/sandbox", "service", "install", "--system"], {
          env: tokens(machine),
        });
        expect(ran, ran.stderr).toMatchObject({
          code: 0,
          stdout: expect.stringContaining("Installed and running") as string,
        });
        expect(await state()).toMatchObject({
          scope: "system",
          installed: true,
          enabled: true,
          running: true,
          restarts: 0,
          startsBeforeLogin: true,
        });
        expect(readFileSync(pathOf("config.yaml"), "utf8")).toContain("store: systemd");
      }, 30_000);

      it("has no token in plain on the disk", async () => {
        for (const token of Object.values(tokens(machine))) {
          expect((await machine.run(["grep", "-rlF", token, "/etc", "/var"])).stdout).toBe("");
        }
      });

      it("is exposed by no more than 2.0", async () => {
        const said = await machine.must(["systemd-analyze", "security", "gitnotify.service", "--no-pager"]);
        const score = Number(/exposure level for gitnotify.service: ([\d.]+)/.exec(said)?.[1]);
        expect(score).toBeLessThanOrEqual(2);
      });

      it("is restarted when it is killed", async () => {
        const { pid } = await state();
        await machine.must(["kill", "-KILL", String(pid)]);
        await untilRestarted(pid);
        expect(await state()).toMatchObject({ restarts: 1 });
      }, 30_000);

      it("is restarted when it hangs", async () => {
        await dropIn(machine, "gitnotify", "[Service]\nWatchdogSec=2\nRestartSec=100ms\n");
        await machine.must(["systemctl", "restart", "gitnotify"]);
        const { pid } = await state();
        // It says that it lives: nothing happens within twice the limit.
        await new Promise((resolve) => setTimeout(resolve, 4_500));
        expect(await state()).toMatchObject({ pid, restarts: 0 });
        await machine.must(["kill", "-STOP", String(pid)]);
        await untilRestarted(pid);
        expect((await gitnotify(["service", "logs"])).stdout).toMatch(/watchdog/i);
      }, 40_000);

      it("stops within ten seconds and says so", async () => {
        const start = Date.now();
        expect(await gitnotify(["service", "stop"])).toMatchObject({
          code: 0,
          stdout: "The service is stopped.\n",
        });
        expect(Date.now() - start).toBeLessThan(10_000);
        expect(await state()).toMatchObject({ running: false, enabled: true, detail: "stopped" });
        const log = await machine.must(["journalctl", "--unit=gitnotify", "--output=cat", "--lines=4"]);
        expect(log).not.toMatch(/SIGKILL|timed out/);
      }, 20_000);

      it("is not started again and again with wrong settings", async () => {
        const right = readFileSync(pathOf("config.yaml"), "utf8");
        writeFileSync(pathOf("config.yaml"), "conections: []\n");
        const ran = await gitnotify(["service", "start"]);
        expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("conections") as string });
        expect(await state()).toMatchObject({
          running: false,
          restarts: 0,
          detail: expect.stringContaining("config.yaml is not valid") as string,
        });
        writeFileSync(pathOf("config.yaml"), right);
      }, 20_000);

      it("is upgraded in place: settings and tokens stay, and what root left in its home becomes its own", async () => {
        writeFileSync(pathOf("logs/left-by-root"), "", { mode: 0o600 });
        const ran = await gitnotify(["service", "install", "--system"]);
        expect(ran, ran.stderr).toMatchObject({
          code: 0,
          stdout: expect.stringContaining("Upgraded and running") as string,
        });
        expect(await state()).toMatchObject({ running: true });
        const owners = await machine.must([
          "sh",
          "-c",
          "find /var/lib/private/gitnotify -printf '%U\\n' | sort -u",
        ]);
        expect(owners.trim()).toMatch(/^[1-9]\d+$/);
      }, 30_000);

      it("is there after a reboot, without anybody logged in", async () => {
        await machine.reboot();
        await untilRestarted(null);
        expect(await state()).toMatchObject({ running: true, restarts: 0 });
      }, 60_000);

      it("leaves no trace but its data", async () => {
        const ran = await gitnotify(["service", "uninstall"]);
        expect(ran).toMatchObject({ code: 0 });
        expect(await state()).toMatchObject({ installed: false, running: false });
        expect(await traces()).toBe(before);
        expect(existsSync(pathOf("gitnotify.db"))).toBe(true);
        expect((await machine.run(["systemctl", "status", "gitnotify"])).stderr).toContain(
          "could not be found",
        );
      }, 20_000);
    });

    describe("of a person", () => {
      const mia: InsideOptions = { user: "mia" };
      const home = '/home/mia/Mïas %h $x "Bot"';

      it("says what is missing where they have no session", async () => {
        const ran = await gitnotify(["service", "install"], mia);
        expect(ran).toMatchObject({ code: 3 });
        expect((await gitnotify(["service", "start"], mia)).stderr).toContain(
          "sudo loginctl enable-linger mia",
        );
      });

      it("runs in a home whose path is full of odd characters", async () => {
        cpSync(join(machine.root, "srv/sandbox"), join(machine.root, home), { recursive: true });
        for (const file of ["", "config.yaml"]) chownSync(join(machine.root, home, file), 1000, 1000);
        await machine.must(["loginctl", "enable-linger", "mia"]);
        await until(
          async () => (await machine.run(["test", "-e", "/run/user/1000/systemd/private"])).code === 0,
        );
        const moved = await gitnotify(["--home", home, "secrets", "move", "file"], {
          ...mia,
          env: tokens(machine),
        });
        expect(moved, moved.stderr).toMatchObject({ code: 0 });
        const ran = await gitnotify(["--home", home, "service", "install"], mia);
        expect(ran, ran.stderr).toMatchObject({ code: 0 });
        expect(await state(mia)).toMatchObject({
          scope: "user",
          running: true,
          enabled: true,
          startsBeforeLogin: true,
          home,
        });
      }, 30_000);

      it("is theirs: their user, their home", async () => {
        const { pid } = await state(mia);
        const status = await machine.must(["cat", `/proc/${String(pid)}/status`]);
        expect(status).toMatch(/^Uid:\s+1000\s/m);
        expect(existsSync(join(machine.root, home, "gitnotify.db"))).toBe(true);
      });

      it("is not overwritten by that of another home", async () => {
        cpSync(join(machine.root, home), join(machine.root, "home/mia/other"), { recursive: true });
        await machine.must(["chown", "-R", "mia:mia", "/home/mia/other"]);
        const ran = await gitnotify(["--home", "/home/mia/other", "service", "install"], mia);
        expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("another home") as string });
      });

      it("is there after a reboot with linger, and goes without a trace", async () => {
        await machine.reboot();
        await until(async () => (await state(mia))["running"] === true, 25_000);
        const ran = await gitnotify(["service", "uninstall"], mia);
        expect(ran).toMatchObject({ code: 0 });
        expect(await machine.must(["sh", "-c", "find /home/mia/.config/systemd -name '*gitnotify*'"])).toBe(
          "",
        );
        // Linger was on before.
        expect(existsSync(join(machine.root, "var/lib/systemd/linger/mia"))).toBe(true);
      }, 60_000);
    });
  },
);

/** The three servers inside the machine, from its boot on. */
async function startSandbox({ root, node, app, must, run }: Booted): Promise<void> {
  const words = [node, `${app}/dist/sandbox/serve.cjs`].map(
    (word) => `"${word.replaceAll("%", "%%").replaceAll("$", "$$$$")}"`,
  );
  const script = 'sleep infinity | exec "$$0" "$$1" /srv/sandbox 18081 18082 18083';
  const unit = `[Service]\nTimeoutStopSec=1\nExecStart=/bin/sh -c '${script}' ${words.join(" ")}\n[Install]\nWantedBy=multi-user.target\n`;
  writeFileSync(join(root, "etc/systemd/system/sandbox.service"), unit);
  await must(["systemctl", "enable", "--now", "sandbox.service"]);
  await until(async () => (await run(["test", "-s", "/srv/sandbox/sandbox.env"])).code === 0);
}

function tokens({ root }: Booted): Record<string, string> {
  const lines = readFileSync(join(root, "srv/sandbox/sandbox.env"), "utf8").split("\n");
  return Object.fromEntries(
    lines.filter((line) => line.startsWith("GITNOTIFY_")).map((line) => line.split("=") as [string, string]),
  );
}

async function dropIn({ must }: Booted, name: string, text: string): Promise<void> {
  const folder = `/etc/systemd/system/${name}.service.d`;
  await must(["mkdir", "-p", folder]);
  await must(["tee", `${folder}/test.conf`], { input: text });
  await must(["systemctl", "daemon-reload"]);
}
