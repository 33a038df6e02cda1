import { sql } from "kysely";
import { expect, it } from "vitest";
import { testDatabase } from "../support/database.js";

it("answers a question that is asked again with the rows of that moment, also after the table was changed", async () => {
  const { db } = await testDatabase();
  const ask = async () => (await sql<Record<string, unknown>>`select * from meta`.execute(db)).rows;
  expect(await ask()).toEqual([]);
  await sql`insert into meta (key, value) values ('a', '1')`.execute(db);
  expect(await ask()).toEqual([{ key: "a", value: "1" }]);
  await sql`alter table meta add column more text`.execute(db);
  expect(await ask()).toEqual([{ key: "a", value: "1", more: null }]);
});

it("keeps no more than the statements of late", async () => {
  const { db, raw } = await testDatabase();
  const prepared: string[] = [];
  const prepare = raw.prepare.bind(raw);
  Object.assign(raw, { prepare: (text: string) => (prepared.push(text), prepare(text)) });
  const ask = (number: number) => sql.raw(`select ${number} as number`).execute(db);
  for (let number = 0; number < 250; number += 1) await ask(number);
  expect((await ask(249)).rows).toEqual([{ number: 249 }]);
  expect(prepared).toHaveLength(250);
  expect((await ask(0)).rows).toEqual([{ number: 0 }]);
  expect(prepared).toHaveLength(251);
});

it("goes on after a statement that failed", async () => {
  const { db } = await testDatabase();
  const insert = () => sql`insert into meta (key, value) values ('a', '1')`.execute(db);
  await insert();
  await expect(insert()).rejects.toThrow(/UNIQUE/);
  await sql`delete from meta`.execute(db);
  await insert();
});
