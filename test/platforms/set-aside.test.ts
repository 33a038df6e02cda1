import { expect, it } from "vitest";
import { Failure } from "../../src/domain/failure.js";
import { readEach, type SetAside, type Waiting } from "../../src/platforms/set-aside.js";

const start = Date.parse("2026-11-02T09:00:00Z");
const instant = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
const waiting = (count: number): Waiting[] =>
  Array.from({ length: count }, (_, index) => ({ id: String(index), since: instant(0) }));
const broken = new Failure("unreachable", { message: "500.", code: "server", status: 500 });

/** Polls as an adapter does, once a minute: what is read leaves, what is set aside comes again. */
async function pollFor(minutes: number, count: number, fails: (id: string) => boolean) {
  const read = new Set<string>();
  let fresh: readonly Waiting[] = waiting(count);
  let aside: SetAside[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const outcome = await readEach({ fresh, aside, now: instant(minute) }, async ({ id }) => {
      if (fails(id)) throw broken;
      return { value: id };
    });
    for (const id of outcome.values) read.add(id);
    ({ aside } = outcome);
    fresh = [];
  }
  return { read, aside };
}

it("four of three hundred subjects that fail for ever hold up none of the others", async () => {
  const ill = ["0", "1", "2", "50"];
  const { read, aside } = await pollFor(20, 300, (id) => ill.includes(id));
  expect(read.size).toBe(296);
  expect(aside.map(({ id }) => id).sort()).toEqual([...ill].sort());
});

it("where hundreds fail it is the server, and the poll fails with it", async () => {
  await expect(pollFor(400, 300, () => true)).rejects.toBe(broken);
});
