import { expect, it } from "vitest";
import { z } from "zod";
import { readCursor, writeCursor, type CursorFormat } from "../../src/domain/cursor.js";

const format: CursorFormat<{ since: string }> = {
  version: 3,
  schema: z.object({ since: z.string() }),
  upgrades: { 1: ({ at }) => ({ from: at }), 2: ({ from }) => ({ since: from }) },
};

it("takes a position of any older version up, one step after the other", () => {
  expect(readCursor(format, { at: "09:00" })).toEqual({ position: { since: "09:00" }, lost: false });
  expect(readCursor(format, { v: 2, from: "09:00" })).toEqual({ position: { since: "09:00" }, lost: false });
  expect(readCursor(format, writeCursor(format, { since: "09:00" })).position).toEqual({ since: "09:00" });
});

it("tells a source that never began from one whose position is lost", () => {
  expect(readCursor(format, null)).toEqual({ position: null, lost: false });
  for (const cursor of ["?", 7, [], { v: 3 }]) expect(readCursor(format, cursor).lost).toBe(true);
});

it("refuses the position of a newer gitnotify, which stays as it is for that one", () => {
  expect(() => readCursor(format, { v: 4, since: "09:00" })).toThrow("newer gitnotify");
});
