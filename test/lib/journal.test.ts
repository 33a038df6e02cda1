import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { isJournal, toJournalLine } from "../../src/lib/journal.js";

const withFd = (fd: number) => Object.assign(new Writable(), { fd });

it("knows the journal by device and inode, and no stream that leads elsewhere", () => {
  const folder = mkdtempSync(join(tmpdir(), "journal-"));
  const fd = openSync(join(folder, "socket"), "w");
  const { dev, ino } = fstatSync(fd);
  expect(isJournal(withFd(fd), { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
  expect(isJournal(withFd(fd), { JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe(false);
  expect(isJournal(withFd(fd), {})).toBe(false);
  expect(isJournal(new Writable(), { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(false);
  closeSync(fd);
  expect(isJournal(withFd(fd), { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(false);
  rmSync(folder, { recursive: true });
});

it("writes the level as a number in front, and neither time nor colour", () => {
  const entry = { at: 0, message: "It is\nso", fields: { trace: "abc", no: undefined } };
  expect(toJournalLine({ ...entry, level: "error" }, false)).toBe("<3>It is\\nso trace=abc");
  expect(toJournalLine({ ...entry, level: "warn" }, false)).toMatch(/^<4>/);
  expect(toJournalLine({ ...entry, level: "info" }, false)).toMatch(/^<6>/);
  expect(toJournalLine({ ...entry, level: "debug" }, false)).toMatch(/^<7>/);
});
