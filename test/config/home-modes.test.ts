import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeHome, findOpenPlaces, OpenHomeError } from "../../src/config/home-modes.js";
import { resolveHome, type Home } from "../../src/config/home.js";

describe.skipIf(process.platform === "win32")("a home that other users can reach", () => {
  let folder: string;
  let home: Home;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gitnotify-modes-"));
    home = resolveHome({ home: folder, env: {}, platform: process.platform, homedir: "/none" });
    mkdirSync(home.logsDir);
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
  const put = (path: string, mode: number) => {
    writeFileSync(path, "x");
    chmodSync(path, mode);
    return path;
  };

  it.each([0o666, 0o644, 0o620, 0o602])("has its files closed to them, whose mode was %o", (mode) => {
    const files = [
      ...["", "-wal", "-shm"].map((end) => put(`${home.databaseFile}${end}`, mode)),
      put(join(home.logsDir, "gitnotify.log"), mode),
      put(join(home.logsDir, "gitnotify.log.1"), mode),
    ];
    expect(closeHome(home).map(({ path }) => path)).toEqual(files);
    expect(files.map(modeOf)).toEqual(files.map(() => "600"));
    expect(findOpenPlaces(home)).toEqual([]);
  });

  it.each([
    [0o777, "755"],
    [0o775, "755"],
    [0o755, "755"],
    [0o700, "700"],
    [0o1777, "1777"],
  ])(
    "keeps nobody from changing a folder of mode %o but its owner, and leaves reading as it was",
    (mode, after) => {
      chmodSync(folder, mode);
      closeHome(home);
      expect(modeOf(folder)).toBe(after);
    },
  );

  it.each([
    [0o666, "644"],
    [0o664, "644"],
    [0o644, "644"],
    [0o600, "600"],
  ])("keeps nobody from changing a config.yaml of mode %o but its owner", (mode, after) => {
    put(home.configFile, mode);
    closeHome(home);
    expect(modeOf(home.configFile)).toBe(after);
  });

  const somebodyElse = (process.geteuid?.() ?? 0) + 1;

  it("is closed, whatever its files' modes, when nobody else may enter it", () => {
    chmodSync(folder, 0o700);
    put(home.databaseFile, 0o644);
    expect(findOpenPlaces(home)).toEqual([]);
  });

  it("leaves what is another's and only they may change", () => {
    put(home.configFile, 0o664);
    put(home.databaseFile, 0o640);
    expect(closeHome(home, somebodyElse)).toEqual([]);
    expect([modeOf(home.configFile), modeOf(home.databaseFile)]).toEqual(["664", "640"]);
  });

  it("is refused where everybody may change what is another's", () => {
    chmodSync(folder, 0o777);
    expect(() => closeHome(home, somebodyElse)).toThrow(OpenHomeError);
    expect(() => closeHome(home, somebodyElse)).toThrow(`${folder} can be changed by other users`);
    expect(modeOf(folder)).toBe("777");
  });
});
