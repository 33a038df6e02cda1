import { describe, expect, it } from "vitest";
import { toUnitState } from "../../../src/service/systemd/state.js";

const say = (values: Record<string, string>) =>
  toUnitState(
    Object.entries({ LoadState: "loaded", ...values })
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
  );

describe("toUnitState", () => {
  it.each([
    [{ LoadState: "not-found" }, "not installed"],
    [{ LoadState: "bad-setting" }, "systemd cannot read the unit (bad-setting)"],
    [{ ActiveState: "active" }, "running"],
    [{ ActiveState: "active", StatusText: "a=b" }, "a=b"],
    [{ ActiveState: "inactive" }, "stopped"],
    [
      { ActiveState: "failed", Result: "exit-code", ExecMainStatus: "4" },
      "stopped for good: it ended with exit code 4, a token is missing or refused",
    ],
    [
      { ActiveState: "failed", Result: "exit-code", ExecMainStatus: "9" },
      "stopped for good: it ended with exit code 9",
    ],
    [
      { ActiveState: "activating", SubState: "auto-restart", Result: "watchdog" },
      "waiting to be started again: it ended with no sign of life (watchdog)",
    ],
    [{ ActiveState: "activating", SubState: "start" }, "starting"],
  ])("says of %j: %s", (values, detail) => {
    expect(say(values).detail).toBe(detail);
  });

  it("takes numbers as numbers and what is not set as unknown", () => {
    expect(say({ MainPID: "0", NRestarts: "3", MemoryCurrent: "[not set]" })).toMatchObject({
      pid: null,
      restarts: 3,
      memoryBytes: null,
    });
    expect(say({ MemoryCurrent: "18446744073709551615" }).memoryBytes).toBeNull();
    expect(say({ MemoryCurrent: "70000000" }).memoryBytes).toBe(70_000_000);
  });
});
