import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isWizardKey } from "../../src/i18n/wizard.js";
import { chooseStore, decideStore, type Surroundings } from "../../src/secrets/choose.js";
import { SecretStoreError } from "../../src/secrets/secret-store.js";

const locked = new SecretStoreError("locked", "The keyring is locked.", "Unlock it.");

const base: Surroundings = {
  runsAs: "terminal",
  startsBeforeLogin: false,
  platform: "linux",
  keyringProblem: null,
  systemdCreds: null,
  hasVariables: false,
};

describe("the decision", () => {
  it.each<[Partial<Surroundings>, string, string[]]>([
    [{ runsAs: "terminal" }, "keyring", []],
    [{ runsAs: "user-service" }, "keyring", []],
    [{ runsAs: "terminal", keyringProblem: locked }, "file", ["keyring"]],
    [{ runsAs: "user-service", keyringProblem: locked }, "file", ["keyring"]],
    [{ runsAs: "user-service", startsBeforeLogin: true }, "file", ["keyring"]],
    [{ runsAs: "user-service", startsBeforeLogin: true, platform: "darwin" }, "keyring", []],
    [{ runsAs: "user-service", startsBeforeLogin: true, platform: "win32" }, "keyring", []],
    [{ runsAs: "terminal", startsBeforeLogin: true }, "keyring", []],
    [{ runsAs: "system-service", systemdCreds: 252 }, "systemd", []],
    [{ runsAs: "system-service", systemdCreds: 250 }, "systemd", []],
    [{ runsAs: "system-service", systemdCreds: 249 }, "file", ["systemd"]],
    [{ runsAs: "system-service", systemdCreds: null }, "file", ["systemd"]],
    [{ runsAs: "system-service", platform: "darwin" }, "file", []],
    [{ runsAs: "container" }, "file", []],
    [{ runsAs: "container", hasVariables: true }, "env", []],
  ])("%j is %s, past %j", (found, id, passedOver) => {
    const choice = decideStore({ ...base, ...found });
    expect([choice.id, choice.passedOver.map((one) => one.id)]).toEqual([id, passedOver]);
    expect(isWizardKey(`store.why.${choice.why}`)).toBe(true);
    for (const sentence of [...choice.passedOver.flatMap(({ why, remedy }) => [why, remedy])])
      expect(sentence).toMatch(/^\S[^\n]*\.$/);
  });

  it.each(["terminal", "user-service", "system-service"] as const)(
    "never takes plain variables for a %s, even when they are set",
    (runsAs) => {
      for (const keyringProblem of [null, locked])
        for (const systemdCreds of [null, 252])
          expect(
            decideStore({ ...base, runsAs, keyringProblem, systemdCreds, hasVariables: true }).id,
          ).not.toBe("env");
    },
  );

  it("hands the keyring's own reason and remedy on", () => {
    expect(decideStore({ ...base, keyringProblem: locked }).passedOver[0]).toEqual({
      id: "keyring",
      code: "locked",
      why: "The keyring is locked.",
      remedy: "Unlock it.",
    });
  });
});

describe("the search", () => {
  const folder = mkdtempSync(join(tmpdir(), "choose-"));
  const context = (env: Record<string, string> = {}) => ({
    env,
    names: () => [],
    namesFile: join(folder, "names.json"),
    storeFile: join(folder, "secrets.enc"),
    scope: "",
  });

  it("asks for systemd's version only where it matters", async () => {
    let asked = 0;
    const findSystemdCreds = async () => {
      asked += 1;
      return 252;
    };
    const choose = (runsAs: "system-service" | "container", platform: NodeJS.Platform) =>
      chooseStore({ runsAs, platform, context: context(), findSystemdCreds });
    expect((await choose("system-service", "linux")).id).toBe("systemd");
    expect((await choose("system-service", "darwin")).id).toBe("file");
    expect((await choose("container", "linux")).id).toBe("file");
    expect(asked).toBe(1);
  });

  it("takes an empty variable for none", async () => {
    const choose = (env: Record<string, string>) =>
      chooseStore({ runsAs: "container", context: context(env) });
    expect((await choose({ GITNOTIFY_SECRET_TELEGRAM: "" })).id).toBe("file");
    expect((await choose({ GITNOTIFY_SECRET_TELEGRAM: "x" })).id).toBe("env");
    expect((await choose({ GITNOTIFY_SECRET_TELEGRAM_FILE: "/run/secrets/x" })).id).toBe("env");
  });

  it("asks the systemd of this machine, whatever it is", async () => {
    const { id } = await chooseStore({ runsAs: "system-service", context: context(), platform: "linux" });
    expect(["systemd", "file"]).toContain(id);
  });
});
