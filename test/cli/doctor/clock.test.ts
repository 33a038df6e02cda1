import { describe, expect, it } from "vitest";
import { toOffset } from "../../../src/cli/doctor/clock.js";
import { useDoctorsHome } from "./home.js";

const home = useDoctorsHome();

/** Every server says that it is so much later than here. */
function shift(ms: number): void {
  const { github, gitlab, telegram } = home.surroundings;
  for (const server of [github, gitlab, telegram]) {
    const date = new Date(Date.now() + ms).toUTCString();
    server.server.faults.add(
      /^GET \/(api\/v[34]\/?)?$/,
      { kind: "status", status: 404, headers: { date } },
      Infinity,
    );
  }
}

describe("the check of the clock", () => {
  it("is content with a few seconds", async () => {
    shift(-12_000);
    expect(await home.findings("clock")).toEqual([{ state: "well", text: "clock agrees with the servers" }]);
  });

  it("warns of more than half a minute", async () => {
    shift(60_000);
    const [found] = await home.findings("clock");
    expect(found).toMatchObject({ state: "warning" });
    expect(found?.text).toMatch(/^This machine's clock is \d\d s slow\.$/);
  });

  it("calls more than five minutes wrong, and says how the clock is set", async () => {
    shift(-3_600_000);
    const [found] = await home.findings("clock");
    expect(found).toMatchObject({ state: "wrong", text: "This machine's clock is 60 min fast." });
    expect(found?.remedy).toContain(process.platform === "linux" ? "timedatectl set-ntp true" : "clock");
  });

  it("says nothing when no server tells the time", async () => {
    const { github, gitlab, telegram } = home.surroundings;
    await Promise.all([github.close(), gitlab.close(), telegram.close()]);
    expect(await home.findings("clock")).toEqual([]);
  });

  it("does not believe the one server whose own clock is wrong", () => {
    expect(toOffset([100, 3_600_000, -200])).toBe(100);
    expect(toOffset([3_600_000, 50])).toBe(50);
    expect(toOffset([])).toBeNull();
  });
});
