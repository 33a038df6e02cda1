import { describe, expect, it } from "vitest";
import { type FindOptions, findServiceManager } from "../../src/service/index.js";
import { isUnavailable } from "../../src/service/service.js";
import { aMachine } from "./fake-machine.js";

function find(given: Partial<FindOptions>, there: string[] = []) {
  return findServiceManager({
    ...{ platform: "linux", scope: "user", env: {}, uid: 1000, homedir: "/home/mia", user: "mia" },
    ...{ runner: aMachine({}).runner, exists: (path: string) => there.includes(path) },
    ...given,
  });
}

const booted = "/run/systemd/system";
const session = "/run/user/1000/systemd/private";

describe("findServiceManager", () => {
  it("finds systemd for the person, also where XDG_RUNTIME_DIR is missing, as after su", async () => {
    const found = find({}, [booted, session]);
    expect(isUnavailable(found)).toBe(false);
    if (!isUnavailable(found))
      expect((await found.status()).path).toBe("/home/mia/.config/systemd/user/gitnotify.service");
  });

  it("follows XDG_CONFIG_HOME when it is absolute", async () => {
    for (const [folder, expected] of [
      ["/x", "/x"],
      ["x", "/home/mia/.config"],
    ] as const) {
      const found = find({ env: { XDG_CONFIG_HOME: folder }, name: "other" }, [booted, session]);
      if (!isUnavailable(found))
        expect((await found.status()).path).toBe(`${expected}/systemd/user/other.service`);
    }
  });

  it("says why there is none, and what to do", () => {
    expect(find({}, [])).toMatchObject({
      code: "no_systemd",
      why: expect.stringContaining("container") as string,
      remedy: expect.stringContaining("gitnotify start") as string,
    });
    expect(find({}, [booted])).toMatchObject({
      ...{ code: "no_session", values: { user: "mia" } },
      why: expect.stringContaining("session") as string,
      remedy: expect.stringContaining("loginctl enable-linger mia") as string,
    });
    expect(find({ platform: "darwin", scope: "system" })).toMatchObject({
      why: expect.stringContaining("systemd only") as string,
    });
    expect(find({ platform: "freebsd" })).toMatchObject({
      why: expect.stringContaining("freebsd") as string,
    });
  });

  it("finds the machine's systemd without any session", () => {
    expect(find({ scope: "system", uid: 0 }, [booted])).toMatchObject({ id: "systemd", scope: "system" });
  });

  it("finds launchd on a Mac", () => {
    expect(find({ platform: "darwin", uid: 501 })).toMatchObject({ id: "launchd" });
  });

  it("prefers WinSW on Windows where it is on the PATH or installed already", () => {
    const env = { PATH: "C:\\a;C:\\tools", LOCALAPPDATA: "C:\\L" };
    expect(find({ platform: "win32", env })).toMatchObject({ id: "scheduled-task" });
    expect(find({ platform: "win32", env }, ["C:\\tools\\winsw.exe"])).toMatchObject({ id: "winsw" });
    expect(
      find({ platform: "win32", env }, ["C:\\L\\gitnotify\\service\\gitnotify-service.exe"]),
    ).toMatchObject({ id: "winsw" });
  });
});
