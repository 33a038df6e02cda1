import { afterEach, beforeEach, expect, it } from "vitest";
import { learnOwnerName } from "../../src/app/owner-name.js";
import { findOwner, saveMember } from "../../src/store/members.js";
import { openApp, owner, startSurroundings, type Surroundings } from "../e2e/harness.js";

let world: Surroundings;
let app: Awaited<ReturnType<typeof openApp>>;
beforeEach(async () => {
  world = await startSurroundings();
  app = await openApp(world);
  await app.begin();
});
afterEach(async () => {
  await app.release();
  await world.close();
});

const signal = AbortSignal.timeout(15_000);
const calls = () => world.telegram.ledger.count(/getChat$/i);

it("asks Telegram once for the name of an owner whom config.yaml names by number", async () => {
  expect(await findOwner(app.options.db)).toMatchObject({ id: String(owner), name: String(owner) });
  await learnOwnerName(app, signal);
  await learnOwnerName(app, signal);
  expect(await findOwner(app.options.db)).toEqual({ id: String(owner), role: "owner", name: "Mia" });
  expect(calls()).toBe(1);
  // The next start: config.yaml names the same person still.
  await app.begin();
  expect((await findOwner(app.options.db))?.name).toBe("Mia");
});

it("keeps a name that is known", async () => {
  await saveMember(app.options.db, { id: String(owner), role: "owner", name: "Mia of old" }, 1);
  await learnOwnerName(app, signal);
  expect((await findOwner(app.options.db))?.name).toBe("Mia of old");
  expect(calls()).toBe(0);
});

it("goes on with the number where the owner has not pressed Start yet, or Telegram does not answer", async () => {
  await saveMember(app.options.db, { id: String(owner), role: "member", name: "Mia" }, 1);
  await saveMember(app.options.db, { id: "777", role: "owner", name: "777" }, 1);
  await learnOwnerName(app, signal);
  world.telegram.faults.add(/getChat/i, { kind: "reset" });
  await learnOwnerName(app, signal);
  expect((await findOwner(app.options.db))?.name).toBe("777");
});
