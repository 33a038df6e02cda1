import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createWaiting } from "../../../src/cli/doctor/waiting.js";

describe("the line that says what is waited for", () => {
  it("comes after half a second, turns, and vanishes", async () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const waiting = createWaiting({ stderr });
    waiting.show("asking");
    await pause(100);
    expect(stderr.read()).toBeNull();
    await pause(900);
    waiting.hide();
    const text = String(stderr.read());
    expect(text).toContain("⠋ asking…");
    expect(text).toContain("⠙ asking…");
    expect(text.endsWith("\r\u001b[K")).toBe(true);
    await pause(150);
    expect(stderr.read()).toBeNull();
  });

  it("is not written where no person looks", async () => {
    const stderr = new PassThrough();
    const waiting = createWaiting({ stderr });
    waiting.show("asking");
    await pause(650);
    waiting.hide();
    expect(stderr.read()).toBeNull();
  });
});
