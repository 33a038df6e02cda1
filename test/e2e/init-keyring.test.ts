import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSurroundings, type Surroundings } from "../../src/sandbox/surroundings.js";
import { hasSessionKeyring, startSessionKeyring, type SessionKeyring } from "../secrets/session-keyring.js";
import { toConfig } from "./harness.js";
import { executable } from "./process.js";
import { hasTmux, openTerminal, type Terminal } from "./tmux.js";

/** Every wait has its own limit, which says what was on the screen instead. */
const limitMs = 180_000;

describe.skipIf(!hasTmux || !hasSessionKeyring())(
  "init beside a real keyring that is locked (needs tmux, dbus, gnome-keyring)",
  () => {
    let keyring: SessionKeyring;
    let world: Surroundings;
    let home: string;
    let terminal: Terminal | undefined;
    beforeAll(async () => void (keyring = await startSessionKeyring()));
    afterAll(() => keyring.stop());
    beforeEach(async () => {
      world = await startSurroundings();
      home = mkdtempSync(join(tmpdir(), "gitnotify-init-"));
    });
    afterEach(async () => {
      terminal?.close();
      await world.close();
      rmSync(home, { recursive: true, force: true });
    });

    const config = () => toConfig(readFileSync(join(home, "config.yaml"), "utf8"));

    /** Everything but what the keyring is asked for comes from the command line. */
    function begin(): Terminal {
      const secrets = {
        GITNOTIFY_SECRET_TELEGRAM: world.tokens.telegram,
        GITNOTIFY_SECRET_CONNECTION_GITHUB: world.tokens.github,
      };
      terminal = openTerminal({
        columns: 100,
        rows: 40,
        env: { DBUS_SESSION_BUS_ADDRESS: keyring.bus, ...secrets },
      });
      const words = [
        ...["--home", home, "init", "--telegram-api-root", world.telegram.url, "--github", world.github.url],
        ...[
          "--allow-http",
          "--allow-private-address",
          "--owner",
          "4242",
          "--language",
          "en",
          "--service",
          "none",
        ],
        ...["--project", "acme/api", "--events", "pipelines"],
      ];
      terminal.paste(`clear; ${process.execPath} ${executable} ${words.join(" ")}; echo "ended with $?"`);
      terminal.press("Enter");
      return terminal;
    }

    async function answerFirst(t: Terminal): Promise<void> {
      await t.see("◆  Set up another server");
      t.press("Enter");
    }

    it(
      "explains, looks again when it is unlocked, and keeps every answer when it is locked once more",
      async () => {
        await keyring.lock();
        const t = begin();
        await answerFirst(t);
        await t.see(
          "The keyring would be better. The keyring is locked.",
          "◆  Keep the tokens in an encrypted file?",
        );
        await keyring.unlock();
        t.press("Down", "Enter");
        await t.see("The keyring of your session works", "of github, the bot → the keyring", "◆  Write it?");
        await keyring.lock();
        t.press("Enter");
        await t.see(
          "The keyring is locked. Unlock the login keyring",
          "Nothing was written.",
          "◆  Your answers are kept",
        );
        await keyring.unlock();
        t.press("Enter");
        await t.see("Written: ", "The tokens are in the keyring", "ended with 0");
        expect(config()).toMatchObject({ secrets: { store: "keyring" }, connections: [{ id: "github" }] });
      },
      limitMs,
    );

    it(
      "takes the encrypted file in its place",
      async () => {
        await keyring.unlock();
        const t = begin();
        await answerFirst(t);
        await t.see("The keyring of your session works", "◆  Write it?");
        await keyring.lock();
        t.press("Enter");
        await t.see("Nothing was written.", "◆  Your answers are kept");
        t.press("Down", "Enter");
        await t.see("◆  Keep the tokens in an encrypted file?");
        t.press("Enter");
        await t.see("Written: ", "secrets.enc", "ended with 0");
        expect(config()).toMatchObject({ secrets: { store: "file" }, connections: [{ id: "github" }] });
        expect(await t.history()).not.toContain(world.tokens.github);
      },
      limitMs,
    );
  },
);
