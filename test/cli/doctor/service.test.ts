import { describe, expect, it } from "vitest";
import { toFindings } from "../../../src/cli/doctor/service.js";
import type { ServiceState } from "../../../src/service/service.js";

const state: ServiceState = {
  ...{
    id: "systemd",
    label: "systemd user service",
    scope: "user",
    installed: true,
    enabled: true,
    running: true,
  },
  ...{
    detail: "active",
    path: "/x.service",
    pid: 1,
    restarts: 0,
    memoryBytes: null,
    startsBeforeLogin: true,
    home: "/h",
  },
};

describe("the check of the service", () => {
  it("is content with one that runs and starts by itself", () => {
    expect(toFindings(state)).toEqual([{ state: "well", text: "systemd user service runs" }]);
  });

  it("says why it does not run, and where to read more", () => {
    const [found] = toFindings({
      ...state,
      scope: "system",
      running: false,
      detail: "failed with exit code 4.",
    });
    expect(found?.state).toBe("warning");
    expect(found?.text).toContain("does not run: failed with exit code 4.");
    expect(found?.remedy).toContain("`gitnotify service start --system`");
  });

  it("finds one that does not start by itself, or stops when its person logs out", () => {
    expect(toFindings({ ...state, enabled: false })[1]?.remedy).toContain("`gitnotify service install`");
    const lingering = toFindings({ ...state, startsBeforeLogin: false });
    if (process.platform === "linux") expect(lingering[1]?.remedy).toContain("loginctl enable-linger");
  });

  it("finds one that is started anew again and again", () => {
    expect(toFindings({ ...state, restarts: 7 })[1]?.text).toContain("started anew 7 times");
  });
});
