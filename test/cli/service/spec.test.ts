import { describe, expect, it } from "vitest";
import type { CliContext, GlobalOptions } from "../../../src/cli/context.js";
import { toUserSpec } from "../../../src/cli/service/spec.js";
import { resolveHome } from "../../../src/config/home.js";
import { createIo } from "../terminal.js";

const program = { node: "/usr/bin/node", script: "/opt/gitnotify.cjs" };

function specOf(env: CliContext["env"], globals: Partial<GlobalOptions> = {}) {
  const context: CliContext = {
    globals: () => ({ color: true, ...globals }),
    io: createIo().io,
    env,
    registry: () => Promise.reject(new Error("not asked for")),
    commandTree: () => Promise.reject(new Error("not asked for")),
  };
  const home = resolveHome({
    home: globals.home,
    config: globals.config,
    env,
    platform: "linux",
    homedir: "/home/mia",
  });
  return toUserSpec({ context, home, program, platform: "linux" });
}

describe("toUserSpec", () => {
  it("needs no options for the person's own home", () => {
    expect(specOf({}).spec).toMatchObject({ options: [], home: "/home/mia/.local/state/gitnotify" });
  });

  it("carries --home, GITNOTIFY_HOME and --config as absolute options", () => {
    expect(specOf({}, { home: "/srv/bot" }).spec.options).toEqual(["--home", "/srv/bot"]);
    expect(specOf({ GITNOTIFY_HOME: "/srv/bot" }).spec.options).toEqual(["--home", "/srv/bot"]);
    expect(specOf({}, { config: "/etc/g.yaml" }).spec.options).toEqual(["--config", "/etc/g.yaml"]);
  });

  it("carries folders, proxies and paths of secrets, and no secret", () => {
    const { spec, notes } = specOf({
      XDG_DATA_HOME: "/data",
      HTTPS_PROXY: "http://proxy:3128",
      NO_PROXY: "",
      GITNOTIFY_SECRET_TELEGRAM: "12:hidden",
      GITNOTIFY_SECRET_TELEGRAM_FILE: "/run/secrets/telegram",
      GITNOTIFY_PASSPHRASE: "hidden",
      EDITOR: "vi",
    });
    expect(spec.environment).toEqual({
      MALLOC_ARENA_MAX: "2",
      XDG_DATA_HOME: "/data",
      HTTPS_PROXY: "http://proxy:3128",
      GITNOTIFY_SECRET_TELEGRAM_FILE: "/run/secrets/telegram",
    });
    expect(notes).toEqual([]);
  });

  it("leaves out a proxy with a password and says so without it", () => {
    const { spec, notes } = specOf({ HTTPS_PROXY: "http://mia:hidden@proxy:3128" });
    expect(JSON.stringify(spec)).not.toContain("hidden");
    expect(notes.join()).toContain("HTTPS_PROXY");
    expect(notes.join()).not.toContain("hidden");
  });
});
