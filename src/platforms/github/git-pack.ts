import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { GitExcess, GitTrouble } from "./git-wire.js";

/** What a hostile pack of a megabyte may grow to; a wiki's commits and trees need a hundredth of it. */
const mostInflated = 64 * 1024 * 1024;
const mostObjectBytes = 8 * 1024 * 1024;
const mostObjects = 20_000;
/** After so much work others get their turn. */
const breatheBytes = 1024 * 1024;

export type ObjectType = "commit" | "tree";

export interface PackedObject {
  type: ObjectType;
  data: Buffer;
}

const types: Record<number, ObjectType | "other"> = { 1: "commit", 2: "tree", 3: "other", 4: "other" };

interface Entry {
  type: ObjectType | "other";
  data: Buffer;
}

interface Pending {
  offset: number;
  base: number | string;
  delta: Buffer;
}

/** The commits and trees of a pack, by their sha. Everything else is passed over, and all growth is bounded. */
export async function readPack(pack: Buffer): Promise<Map<string, PackedObject>> {
  const reading = createReading();
  const count = toCount(pack);
  let at = 12;
  for (let index = 0; index < count; index += 1) {
    at = readEntry(pack, at, reading);
    await reading.breathe();
  }
  await settleDeltas(reading);
  return reading.found;
}

function toCount(pack: Buffer): number {
  if (pack.length < 32 || pack.toString("latin1", 0, 4) !== "PACK" || pack.readUInt32BE(4) !== 2) {
    throw new GitTrouble("what came is no pack");
  }
  const count = pack.readUInt32BE(8);
  if (count > mostObjects) throw new GitExcess("a pack has too many objects");
  return count;
}

function createReading() {
  let inflated = 0;
  let sinceBreath = 0;
  const byOffset = new Map<number, Entry>();
  const bySha = new Map<string, Entry>();
  const found = new Map<string, PackedObject>();
  return {
    byOffset,
    bySha,
    found,
    pending: [] as Pending[],
    /** Before anything of this size is made. */
    grow(bytes: number): void {
      inflated += bytes;
      sinceBreath += bytes + 256;
      if (bytes > mostObjectBytes || inflated > mostInflated)
        throw new GitExcess("a pack grows beyond all measure");
    },
    keep(offset: number, entry: Entry): void {
      byOffset.set(offset, entry);
      if (entry.type === "other") return;
      const sha = toSha(entry.type, entry.data);
      bySha.set(sha, entry);
      found.set(sha, { type: entry.type, data: entry.data });
    },
    async breathe(): Promise<void> {
      if (sinceBreath < breatheBytes) return;
      sinceBreath = 0;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
type Reading = ReturnType<typeof createReading>;

function toSha(type: ObjectType, data: Buffer): string {
  return createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex");
}

/** Returns where the next entry begins. */
function readEntry(pack: Buffer, offset: number, reading: Reading): number {
  const head = readHeader(pack, offset);
  let at = head.at;
  let base: number | string | null = null;
  if (head.type === 6) {
    const distance = readDistance(pack, at);
    base = offset - distance.value;
    at = distance.at;
  } else if (head.type === 7) {
    base = pack.toString("hex", at, at + 20);
    at += 20;
  }
  reading.grow(head.size);
  const { data, length } = inflate(pack.subarray(at), head.size);
  if (base !== null) reading.pending.push({ offset, base, delta: data });
  else {
    const type = types[head.type];
    if (type === undefined) throw new GitTrouble("a pack holds something unknown");
    reading.keep(offset, { type, data: type === "other" ? Buffer.alloc(0) : data });
  }
  return at + length;
}

function byteAt(data: Buffer, at: number): number {
  const byte = data[at];
  if (byte === undefined) throw new GitTrouble("a pack broke off");
  return byte;
}

/** Type and length in groups of bits: four, then seven, each saying whether another follows. */
function readHeader(pack: Buffer, offset: number): { type: number; size: number; at: number } {
  let byte = byteAt(pack, offset);
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  let at = offset + 1;
  for (let factor = 16; (byte & 0x80) !== 0; factor *= 128) {
    byte = byteAt(pack, at);
    size += (byte & 0x7f) * factor;
    at += 1;
    if (size > Number.MAX_SAFE_INTEGER) throw new GitExcess("a pack grows beyond all measure");
  }
  return { type, size, at };
}

function readDistance(pack: Buffer, start: number): { value: number; at: number } {
  let at = start;
  let byte = byteAt(pack, at);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    at += 1;
    byte = byteAt(pack, at);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, at: at + 1 };
}

/** Exactly `size` bytes, and how many compressed ones they took. */
function inflate(from: Buffer, size: number): { data: Buffer; length: number } {
  try {
    const options = { info: true, maxOutputLength: Math.max(size, 1) };
    // With `info` the engine comes too, which knows how much it has read; the types do not say so.
    const { buffer, engine } = inflateSync(from, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (buffer.length !== size) throw new GitTrouble("a pack is damaged");
    return { data: buffer, length: engine.bytesWritten };
  } catch (error) {
    if (error instanceof GitTrouble) throw error;
    throw new GitTrouble("a pack is damaged");
  }
}

/** A delta's base may come after it, and be a delta too. */
async function settleDeltas(reading: Reading): Promise<void> {
  let waiting = reading.pending;
  while (waiting.length > 0) {
    const later: Pending[] = [];
    for (const one of waiting) {
      const base =
        typeof one.base === "number" ? reading.byOffset.get(one.base) : reading.bySha.get(one.base);
      if (base === undefined) later.push(one);
      else if (base.type === "other") reading.keep(one.offset, base);
      else reading.keep(one.offset, { type: base.type, data: applyDelta(base.data, one.delta, reading) });
      await reading.breathe();
    }
    // What is left leans on contents that were passed over.
    if (later.length === waiting.length) return;
    waiting = later;
  }
}

function applyDelta(base: Buffer, delta: Buffer, reading: Reading): Buffer {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.at);
  if (from.value !== base.length) throw new GitTrouble("a pack is damaged");
  reading.grow(to.value);
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = to.at; at < delta.length;) {
    const step = readStep(base, delta, at);
    parts.push(step.part);
    size += step.part.length;
    if (step.part.length === 0 || size > to.value) throw new GitTrouble("a pack is damaged");
    at = step.at;
  }
  if (size !== to.value) throw new GitTrouble("a pack is damaged");
  return Buffer.concat(parts, size);
}

function readSize(data: Buffer, start: number): { value: number; at: number } {
  let value = 0;
  let at = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = byteAt(data, at);
    value += (byte & 0x7f) * factor;
    at += 1;
    if ((byte & 0x80) === 0) return { value, at };
    if (value > mostInflated) throw new GitExcess("a pack grows beyond all measure");
  }
}

/** Either "so much of the base from here" or bytes of its own. */
function readStep(base: Buffer, delta: Buffer, start: number): { part: Buffer; at: number } {
  const code = byteAt(delta, start);
  let at = start + 1;
  if ((code & 0x80) === 0) return { part: delta.subarray(at, at + code), at: at + code };
  const read = (bits: number[]): number => {
    let value = 0;
    for (const [index, bit] of bits.entries()) {
      if ((code & bit) === 0) continue;
      value += byteAt(delta, at) * 256 ** index;
      at += 1;
    }
    return value;
  };
  const offset = read([1, 2, 4, 8]);
  const size = read([16, 32, 64]) || 0x10000;
  if (offset + size > base.length) throw new GitTrouble("a pack is damaged");
  return { part: base.subarray(offset, offset + size), at };
}
