import { it } from "vitest";
import { ownerChat, pollRound, startSurroundings, inspect } from "./harness.js";
import { createRandom, playOnGitHub, playOnGitLab } from "./play.js";
it("x", async () => {
  const world = await startSurroundings();
  const random = createRandom(11);
  const players = [playOnGitHub(world, random), playOnGitLab(world, random)];
  await pollRound(world);
  for (let step = 0; step <= 6; step += 1) {
    const e = players[step % 2]!.step();
    const before = world.github.server.ledger.entries.length;
    const r = await pollRound(world);
    if (step < 6) continue;
    console.log(e, JSON.stringify(r.polls), ownerChat(world).map((m) => m.text));
    console.log(world.github.server.ledger.entries.slice(before).map((x) => `${x.exchange.method} ${x.exchange.path} ${x.reply.status}`));
  console.log(await inspect(world, (db) => db.selectFrom("events").select("key").execute()));
  console.log(await inspect(world, (db) => db.selectFrom("subjects").selectAll().where("type","=","pipeline").execute()));
  }
  console.log(world.logged);
  await world.close();
}, 30000);
