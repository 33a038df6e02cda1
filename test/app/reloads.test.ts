import { expect, it } from "vitest";
import { createReloads } from "../../src/app/reloads.js";

it("makes one more reload of however many requests come while one is under way", async () => {
  const reloads = createReloads();
  let taken = 0;
  const serve = async () => {
    await reloads.next();
    taken += 1;
  };
  reloads.ask();
  await serve();
  for (let count = 0; count < 5; count += 1) reloads.ask();
  await serve();
  const waiting = serve();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(taken).toBe(2);
  reloads.ask();
  await waiting;
  expect(taken).toBe(3);
});
