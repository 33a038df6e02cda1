import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureHome, resolveHome, type HomeOptions } from "../../src/config/home.js";

const linux: HomeOptions = { env: {}, platform: "linux", homedir: "/home/ann" };

describe("resolveHome", () => {
  it("keeps everything in one folder with --home, and prefers it to GITNOTIFY_HOME", () => {
    const home = resolveHome({ ...linux, home: "/srv/gn", env: { GITNOTIFY_HOME: "/other" } });
    expect(home).toEqual({
      configFile: "/srv/gn/config.yaml",
      databaseFile: "/srv/gn/gitnotify.db",
      logsDir: "/srv/gn/logs",
      backupsDir: "/srv/gn/backups",
      cacheDir: "/srv/gn/cache",
      stateDir: "/srv/gn",
      scope: "folder",
    });
    expect(resolveHome({ ...linux, env: { GITNOTIFY_HOME: "/other" } }).databaseFile).toBe(
      "/other/gitnotify.db",
    );
    expect(resolveHome({ ...linux, env: { GITNOTIFY_HOME: "" } }).scope).toBe("user");
  });

  it("starts a relative folder at the working folder", () => {
    expect(resolveHome({ ...linux, home: "gn" }).configFile).toBe(join(process.cwd(), "gn", "config.yaml"));
  });

  it("follows XDG on Linux and ignores what is not absolute", () => {
    const env = { XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "relative", XDG_CACHE_HOME: "" };
    expect(resolveHome({ ...linux, env })).toEqual({
      configFile: "/c/gitnotify/config.yaml",
      databaseFile: "/home/ann/.local/share/gitnotify/gitnotify.db",
      logsDir: "/home/ann/.local/state/gitnotify/logs",
      backupsDir: "/home/ann/.local/share/gitnotify/backups",
      cacheDir: "/home/ann/.cache/gitnotify",
      stateDir: "/home/ann/.local/state/gitnotify",
      scope: "user",
    });
  });

  it("uses Application Support on macOS and %APPDATA% on Windows", () => {
    const mac = resolveHome({ env: {}, platform: "darwin", homedir: "/Users/ann" });
    expect(mac.databaseFile).toBe("/Users/ann/Library/Application Support/gitnotify/gitnotify.db");
    const env = { APPDATA: "C:\\Users\\ann\\AppData\\Roaming" };
    const windows = resolveHome({ env, platform: "win32", homedir: "C:\\Users\\ann" });
    expect(windows.configFile).toBe("C:\\Users\\ann\\AppData\\Roaming\\gitnotify\\config.yaml");
    expect(windows.logsDir).toBe("C:\\Users\\ann\\AppData\\Local\\gitnotify\\logs");
  });

  it("takes --config from wherever it is", () => {
    const home = resolveHome({ ...linux, home: "/srv/gn", config: "/etc/gn.yaml" });
    expect(home.configFile).toBe("/etc/gn.yaml");
    expect(home.databaseFile).toBe("/srv/gn/gitnotify.db");
  });
});

describe.skipIf(process.platform === "win32")("ensureHome", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gitnotify-home-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it("makes folders that nobody else can enter", () => {
    const home = resolveHome({ ...linux, home: join(folder, "a", "b") });
    ensureHome(home);
    for (const path of [home.stateDir, home.logsDir, home.backupsDir, home.cacheDir])
      expect(modeOf(path)).toBe(0o700);
    ensureHome(home);
  });

  it("closes its own folders that are open to others, and leaves the named folder as it is", () => {
    mkdirSync(join(folder, "gn", "logs"), { recursive: true, mode: 0o755 });
    const home = resolveHome({ ...linux, home: join(folder, "gn") });
    ensureHome(home);
    expect(modeOf(home.logsDir)).toBe(0o700);
    expect(modeOf(home.stateDir)).toBe(0o755);
  });
});
