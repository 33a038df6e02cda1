import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createServiceNotifier } from "../../src/service/notify.js";

/** A `send` that ends when it is told to. */
function aSend() {
  const sent: string[][] = [];
  const ends: Array<() => void> = [];
  const send = (assignments: readonly string[]) => {
    sent.push([...assignments]);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const next = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sent, send, next };
}

const env = { NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "90000000", WATCHDOG_PID: "7" };

describe("createServiceNotifier", () => {
  it("says nothing to nobody", () => {
    const { sent, send } = aSend();
    const notifier = createServiceNotifier({ env: {}, send });
    notifier.ready("well");
    notifier.alive();
    notifier.stopping();
    expect(sent).toEqual([]);
    expect(notifier.watchdogMs).toBeNull();
  });

  it("tells of the watchdog only the process that it is meant for", () => {
    const { send } = aSend();
    expect(createServiceNotifier({ env, pid: 7, send }).watchdogMs).toBe(90_000);
    expect(createServiceNotifier({ env, pid: 8, send }).watchdogMs).toBeNull();
    expect(createServiceNotifier({ env: { ...env, WATCHDOG_PID: "" }, pid: 8, send }).watchdogMs).toBe(
      90_000,
    );
    expect(
      createServiceNotifier({ env: { ...env, WATCHDOG_USEC: "soon" }, pid: 7, send }).watchdogMs,
    ).toBeNull();
  });

  it("sends one message at a time, and what came meanwhile together", async () => {
    const { sent, send, next } = aSend();
    const notifier = createServiceNotifier({ env, send });
    notifier.ready("watching");
    notifier.status("first");
    notifier.alive();
    notifier.status("second");
    expect(sent).toEqual([["READY=1", "STATUS=watching"]]);
    await next();
    expect(sent[1]).toEqual(["WATCHDOG=1", "STATUS=second"]);
  });

  it("never lets a late word overtake the end", async () => {
    const { sent, send, next } = aSend();
    const notifier = createServiceNotifier({ env, send });
    notifier.status("a");
    notifier.ready("ready");
    notifier.stopping();
    await next();
    await next();
    expect(sent.slice(1)).toEqual([["STOPPING=1", "STATUS=stopping"]]);
  });

  it("takes a reload back to ready, and says only the last of both", async () => {
    const { sent, send, next } = aSend();
    const notifier = createServiceNotifier({ env, send });
    notifier.reloading();
    notifier.ready("well");
    await next();
    expect(sent).toEqual([
      ["RELOADING=1", expect.stringContaining("STATUS=") as string],
      ["READY=1", "STATUS=well"],
    ]);
  });

  it("keeps a status in one line, for the next would be another assignment", () => {
    const { sent, send } = aSend();
    createServiceNotifier({ env, send }).status("bad\nMAINPID=1");
    expect(sent).toEqual([["STATUS=bad MAINPID=1"]]);
  });

  it("gives systemd-notify no secret", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gitnotify-notify-"));
    const seen = join(folder, "seen");
    await writeFile(
      join(folder, "systemd-notify"),
      `#!/bin/sh\nenv > ${seen}.part && mv ${seen}.part ${seen}\n`,
      {
        mode: 0o755,
      },
    );
    const secrets = { GITNOTIFY_SECRET_TELEGRAM: "1:abc", GITNOTIFY_PASSPHRASE: "open sesame" };
    const path = `${folder}:${process.env["PATH"] ?? ""}`;
    createServiceNotifier({ env: { ...env, ...secrets, PATH: path } }).ready("well");
    const printed = await vi.waitFor(() => readFile(seen, "utf8"), 20_000);
    expect(printed).toContain("NOTIFY_SOCKET=");
    for (const secret of Object.values(secrets)) expect(printed).not.toContain(secret);
    await rm(folder, { recursive: true });
  });

  it("outlives a machine without systemd-notify", async () => {
    const notifier = createServiceNotifier({ env: { ...env, PATH: "/nonexistent" } });
    notifier.ready("well");
    await new Promise((resolve) => setTimeout(resolve, 50));
    notifier.alive();
  });
});
