import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runWizard } from "../../../src/cli/init/wizard.js";
import { SecretStoreError } from "../../../src/secrets/secret-store.js";
import { toConfig } from "../../e2e/harness.js";
import type { Line } from "./scripted-ask.js";
import {
  type InitWorld,
  localAnswers,
  startWorld,
  toDraft,
  toLaterDraft,
  toPorts,
  toStore,
} from "./world.js";

let world: InitWorld;
beforeEach(async () => (world = await startWorld()));
afterEach(() => world.close());

const mia = 4242;

describe("a later run", () => {
  const before = () => `# My own words.
telegram: { apiRoot: "${world.telegram.url}", owner: ${mia} }
connections:
  - { id: work, platform: gitlab, url: "${world.gitlab.url}", allowHttp: true, allowPrivateAddress: true } # mine
subscriptions:
  - to: owner
secrets: { store: keyring }
`;
  const prepare = () => {
    world.file.text = before();
    world.secrets.set("telegram", world.tokens.telegram).set("connection/work", world.tokens.gitlab);
  };

  it("adds a connection and leaves every other word as it is", async () => {
    prepare();
    const script: Line[] = [
      ["again", "connections"],
      ["connections[0].platform", "github"],
      ...localAnswers("connections[0]", world.github.url),
      ["connections[0].access", "have"],
      ["connections[0].token", world.tokens.github],
      ["connections[1].more", false],
      ["projects", ["personal", "github:acme/api"]],
      ["events", ["pipelines"]],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    const { text } = world.file;
    expect(text).toContain("# My own words.");
    expect(text).toContain("# mine");
    const config = toConfig(text);
    expect(config.connections.map(({ id }) => id)).toEqual(["work", "github"]);
    expect(config.subscriptions.map(({ projects }) => projects)).toEqual([undefined]);
    expect((await world.rules()).map(({ projects }) => projects)).toEqual([["github:acme/api"]]);
    expect(ports.ask.told.join("\n")).toContain("edit the file to change them");
    expect(world.secrets.get("connection/work")).toBe(world.tokens.gitlab);
  });

  it("only checks, and changes nothing", async () => {
    prepare();
    const ports = toPorts(world, [["again", "check"]]);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("checked");
    expect(world.file.text).toBe(before());
    expect(ports.ask.told.join("\n")).toContain("work: mia");
  });

  it("finds what is missing and asks for that alone", async () => {
    prepare();
    world.secrets.delete("connection/work");
    const script: Line[] = [
      ["again", "finish"],
      ["tokens.connection", "work"],
      ["tokens.work.access", "have"],
      ["tokens.work.token", world.tokens.gitlab],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(world.secrets.get("connection/work")).toBe(world.tokens.gitlab);
    expect(world.file.text).toBe(before());
  });

  it("says to the daemon that runs how it learns of it", async () => {
    prepare();
    const draft = toDraft(world);
    const script: Line[] = [
      ["again", "change"],
      ["change", "language"],
      ["language", "ru"],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script, { findDaemon: async () => 4711 });
    expect(await runWizard(draft, ports, "gitnotify")).toBe("written");
    if (process.platform !== "win32") expect(ports.ask.told.join("\n")).toContain("kill -HUP 4711");
  });

  it("does not take messages away from the daemon that runs: pairing waits until it is stopped", async () => {
    prepare();
    const script: Line[] = [
      ["again", "change"],
      ["change", "owner"],
      ["telegram.pairing", "now"],
      ["telegram.pairing", "now"],
      ["telegram.pairing", "id"],
      ["telegram.owner", "4343"],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script, { findDaemon: async () => 4711 });
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    const told = ports.ask.told.filter((line) =>
      line.startsWith("problem: gitnotify is running (process 4711)"),
    );
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("gitnotify service stop");
    expect(
      world.telegram.server.ledger.entries.filter(({ exchange }) => exchange.path.endsWith("/getUpdates")),
    ).toEqual([]);
    expect(toConfig(world.file.text).telegram.owner).toBe("4343");
  });

  it("does not crash on a store that is locked, and leaves no token behind by moving elsewhere", async () => {
    prepare();
    const locked = new SecretStoreError("locked", "The keyring is locked.", "Unlock it.");
    const refusing = () => Promise.reject(locked);
    const stores = { open: async () => ({ ...toStore(world.secrets), get: refusing, set: refusing }) };
    const pairing = toPorts(world, [["again", "change"], ["change", "owner"], ["confirm", "stop"]], { stores }); // prettier-ignore
    expect(await runWizard(toDraft(world), pairing, "gitnotify")).toBe("nothing");
    expect(pairing.ask.told.join("\n")).toContain("The keyring is locked. Unlock it.");
    const script: Line[] = [
      ["again", "change"],
      ["change", "tokens"],
      ["tokens.connection", "work"],
      ["tokens.work.access", "have"],
      ["tokens.work.token", world.tokens.gitlab],
      ["confirm", "write"],
      ["write.failed", "store"],
    ];
    const replacing = toPorts(world, script, { stores });
    await expect(runWizard(toDraft(world), replacing, "gitnotify")).rejects.toThrow("has no choice “store”");
  });

  it("keeps the way to Telegram that config.yaml names, and writes what this run has changed of it", async () => {
    prepare();
    const proxied = before().replace("owner:", 'proxy: "http://127.0.0.1:9", owner:');
    world.file.text = proxied;
    const { telegram } = toConfig(proxied);
    const script: Line[] = [
      ["again", "change"],
      ["change", "bot"],
      ["telegram.token", world.tokens.telegram],
      ["telegram.proxy.how", "direct"],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script);
    expect(await runWizard({ ...toDraft(world), telegram }, ports, "gitnotify")).toBe("written");
    expect(toConfig(world.file.text).telegram).toEqual({ ...telegram, proxy: "direct" });
  });

  it("adds no rule that is there already", async () => {
    prepare();
    const script: Line[] = [
      ["again", "change"],
      ["change", "projects"],
      ["projects", ["personal"]],
      ["confirm", "write"],
    ];
    const ports = toPorts(world, script);
    expect(await runWizard(toDraft(world), ports, "gitnotify")).toBe("written");
    expect(parse(world.file.text)).toEqual(parse(before()));
    expect(await world.rules()).toEqual([]);
    expect(ports.ask.told.join("\n")).toContain("no subscription was added");
  });

  const watch = (projects: string[], events: string[]): Line[] => [
    ["again", "change"],
    ["change", "projects"],
    ["projects", projects],
    ...(projects.some((one) => one !== "personal") ? [["events", events] as Line] : []),
    ["confirm", "write"],
  ];

  it("counts and keeps what the phone made: only what is new is stored, and no running daemon need be told", async () => {
    prepare();
    const first = toPorts(world, watch(["personal", "work:platform/core"], ["pipelines", "wiki"]));
    expect(await runWizard(await toLaterDraft(world), first, "gitnotify")).toBe("written");
    const again = watch(["personal", "work:platform/core", "work:platform/*"], ["wiki"]);
    const ports = toPorts(world, again, { findDaemon: async () => 4711 });
    expect(await runWizard(await toLaterDraft(world), ports, "gitnotify")).toBe("written");
    const told = ports.ask.told.join("\n");
    expect(told).toMatch(/subscribed whatever concerns you \([\w, ]+\), in config\.yaml/);
    expect(told).toContain("subscribed work:platform/core (pipelines, wiki), in the database");
    expect(told).not.toContain("kill -HUP");
    expect((await world.rules()).map(({ projects, features }) => [projects, features])).toEqual([
      [["work:platform/core"], ["pipelines", "wiki"]],
      [["work:platform/*"], ["wiki"]],
    ]);
    expect(world.file.text).toBe(before());
  });

  it("does not bring back by Enter alone what was unsubscribed on the phone", async () => {
    world.file.text = before().replace(/subscriptions:\n.*\n/, "");
    world.secrets.set("telegram", world.tokens.telegram).set("connection/work", world.tokens.gitlab);
    const first = toPorts(world, watch(["work:platform/core"], ["wiki"]));
    expect(await runWizard(await toLaterDraft(world), first, "gitnotify")).toBe("written");
    const script = watch([], []);
    const ports = toPorts(world, script);
    const asked: unknown[] = [];
    const search = ports.ask.search.bind(ports.ask);
    ports.ask.search = (question) => {
      asked.push(question.initial);
      return search(question);
    };
    expect(await runWizard(await toLaterDraft(world), ports, "gitnotify")).toBe("written");
    expect(asked).toEqual([[]]);
    expect(await world.rules()).toHaveLength(1);
  });
});
