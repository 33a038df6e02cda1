import { describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/service/service.js";
import { createSystemd } from "../../../src/service/systemd/index.js";
import { serviceManagerContract } from "../../contracts/service-manager-contract.js";
import { aMachine, aSpec } from "../fake-machine.js";

const unitDir = "/home/mia/.config/systemd/user";

/** systemctl, loginctl, systemd-creds and journalctl, as far as they are used. */
function aSystemd(given: { scope?: "user" | "system"; startFails?: boolean; credsFail?: boolean } = {}) {
  const scope = given.scope ?? "user";
  const state = { active: false, enabled: false };
  const path = `${scope === "user" ? unitDir : "/etc/systemd/system"}/gitnotify.service`;
  const machine = aMachine({
    systemctl: (words) => {
      const [verb] = words.filter((word) => word !== "--user");
      switch (verb) {
        case "enable":
          state.enabled = true;
          return;
        case "disable":
          state.enabled = false;
          state.active = false;
          return;
        case "start":
        case "restart":
          if (given.startFails) return { code: 1, stderr: "Job failed." };
          state.active = true;
          return;
        case "stop":
          state.active = false;
          return;
        case "show": {
          const loaded = machine.files.has(path) ? "loaded" : "not-found";
          const lines = [`LoadState=${loaded}`, `ActiveState=${state.active ? "active" : "inactive"}`];
          const enabled = `UnitFileState=${state.enabled ? "enabled" : ""}`;
          return {
            stdout: [
              ...lines,
              enabled,
              "MainPID=77",
              "NRestarts=2",
              "MemoryCurrent=[not set]",
              "StatusText=2 connections = well",
            ].join("\n"),
          };
        }
        default:
          return;
      }
    },
    loginctl: (words) => {
      if (words[0] === "enable-linger") machine.files.set(`/var/lib/systemd/linger/mia`, Buffer.from(""));
      else machine.files.delete(`/var/lib/systemd/linger/mia`);
    },
    "systemd-creds": (_words, input) =>
      given.credsFail ? { code: 1, stderr: "No TPM" } : { stdout: `sealed ${input.length}\n` },
    journalctl: () => ({ stdout: "gitnotify: config.yaml is wrong\n" }),
    rmdir: () => 1,
  });
  const manager = createSystemd({
    ...{ scope, name: "gitnotify", runner: machine.runner, user: "mia" },
    unitDir: scope === "user" ? unitDir : "/etc/systemd/system",
  });
  return { manager, machine, state, path };
}

serviceManagerContract("systemd (user)", {
  make: () => {
    const { manager, machine, state } = aSystemd();
    return { manager, files: () => [...machine.files.keys()], running: () => state.active };
  },
  spec: aSpec(),
});

describe("a systemd user service", () => {
  it("reads what systemd says of it", async () => {
    const { manager } = aSystemd();
    await manager.install(aSpec());
    expect(await manager.status()).toMatchObject({
      ...{
        pid: 77,
        restarts: 2,
        memoryBytes: null,
        detail: "2 connections = well",
        startsBeforeLogin: false,
      },
    });
  });

  it("is reloaded before it is enabled, and enabled before it is started", async () => {
    const { manager, machine, path } = aSystemd();
    await manager.install(aSpec());
    expect(machine.ran).toEqual([
      "systemctl --user daemon-reload",
      `systemctl --user enable ${path}`,
      "systemctl --user restart gitnotify.service",
    ]);
  });

  it("tells how to start at boot, and does it when it is asked", async () => {
    const { manager, machine } = aSystemd();
    expect((await manager.install(aSpec())).notes.join()).toContain("--linger");
    expect(machine.files.has("/var/lib/systemd/linger/mia")).toBe(false);
    expect((await manager.install(aSpec(), { linger: true })).notes).toEqual([]);
    expect(await manager.status()).toMatchObject({ startsBeforeLogin: true });
  });

  it("takes its own linger back, also after an upgrade, and leaves that of others", async () => {
    const { manager, machine } = aSystemd();
    await manager.install(aSpec(), { linger: true });
    await manager.install(aSpec());
    await manager.uninstall();
    expect(machine.files.size).toBe(0);
    machine.files.set("/var/lib/systemd/linger/mia", Buffer.from(""));
    await manager.install(aSpec(), { linger: true });
    await manager.uninstall();
    expect([...machine.files.keys()]).toEqual(["/var/lib/systemd/linger/mia"]);
  });

  it("says in the daemon's own words why it did not start", async () => {
    const { manager } = aSystemd({ startFails: true });
    const error: unknown = await manager.install(aSpec()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      message: "systemd could not start it: gitnotify: config.yaml is wrong",
      remedy: expect.stringContaining("gitnotify service logs") as string,
    });
  });

  it("shows its journal", async () => {
    const { manager, machine } = aSystemd();
    await manager.logs({ follow: true, lines: 7, json: false });
    expect(machine.shown).toEqual([
      "journalctl --user-unit=gitnotify.service --lines=7 --quiet --output=short-iso --follow",
    ]);
  });
});

describe("the log of a user service", () => {
  it("is the daemon's own file where the journal is closed to the person", async () => {
    for (const journal of ["a line\n", ""]) {
      const machine = aMachine({ journalctl: () => ({ stdout: journal }), tail: () => 0 });
      machine.files.set("/logs/gitnotify.log", Buffer.from("{}\n"));
      const options = {
        scope: "user",
        name: "gitnotify",
        runner: machine.runner,
        user: "mia",
        unitDir,
      } as const;
      await createSystemd({ ...options, logsDir: "/logs" }).logs({ follow: true, lines: 3, json: false });
      expect(machine.shown.join()).toMatch(
        journal === "" ? /^tail -n 3 -F \/logs\/gitnotify.log$/ : /^journalctl /,
      );
    }
  });
});

describe("a systemd system service", () => {
  const spec = aSpec({
    secrets: ["telegram", "connection/work"],
    files: { "config.yaml": "language: en\n" },
    home: "/var/lib/gitnotify",
  });
  const values: Record<string, string> = { telegram: "12:hidden-token", "connection/work": "glpat-hidden" };
  const readSecret = async (name: string) => values[name] ?? null;

  it("encrypts each secret from stdin and keeps its value out of every command and file", async () => {
    const { manager, machine } = aSystemd({ scope: "system" });
    await manager.install(spec, { readSecret });
    expect(machine.ran).toContain(
      "systemd-creds encrypt --with-key=host --name=gitnotify.connection.work - -",
    );
    expect(String(machine.files.get("/etc/credstore.encrypted/gitnotify.connection.work"))).toBe(
      "sealed 12\n",
    );
    expect([...machine.ran, ...[...machine.files.values()].map(String)].join("\n")).not.toContain("hidden");
  });

  it("keeps the settings and credentials that are there", async () => {
    const { manager, machine } = aSystemd({ scope: "system" });
    await manager.install(spec, { readSecret });
    machine.files.set("/var/lib/gitnotify/config.yaml", Buffer.from("edited"));
    const report = await manager.install(spec, { readSecret: async () => null });
    expect(String(machine.files.get("/var/lib/gitnotify/config.yaml"))).toBe("edited");
    expect(report.notes.join("\n")).toMatch(/config.yaml was there already[^]*|encrypted telegram/);
    await manager.install(spec, { readSecret, replaceFiles: true });
    expect(String(machine.files.get("/var/lib/gitnotify/config.yaml"))).toBe("language: en\n");
  });

  it("enables nothing when a secret is missing or cannot be encrypted", async () => {
    for (const given of [{}, { credsFail: true }]) {
      const { manager, state, machine, path } = aSystemd({ scope: "system", ...given });
      const options = "credsFail" in given ? { readSecret } : {};
      const error: unknown = await manager.install(spec, options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServiceError);
      expect(state.enabled).toBe(false);
      expect(machine.files.has(path)).toBe(false);
    }
  });

  it("removes its own credentials and leaves its data and those of others", async () => {
    const { manager, machine } = aSystemd({ scope: "system" });
    machine.files.set("/etc/credstore.encrypted/other", Buffer.from("theirs"));
    await manager.install(spec, { readSecret });
    await manager.uninstall();
    expect([...machine.files.keys()].sort()).toEqual([
      "/etc/credstore.encrypted/other",
      "/var/lib/gitnotify/config.yaml",
    ]);
  });
});
