import { expect, it } from "vitest";
import { createStopSignal } from "../../src/cli/stop-signal.js";

it("ends with Ctrl-Break, which Windows alone sends, as with Ctrl-C, and hears nothing more once disposed", () => {
  const { signal, interrupted, dispose } = createStopSignal();
  process.emit("SIGBREAK");
  expect(signal.aborted).toBe(true);
  expect(interrupted()).toBe(true);
  dispose();
  expect(process.listenerCount("SIGBREAK")).toBe(0);
});
