import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

export interface Packed {
  /** 1 commit, 2 tree, 3 blob, 7 a delta on the object of a sha. */
  type: number;
  data: Buffer;
  /** What the entry says of its size; default: the truth. */
  size?: number;
  /** For a delta: the sha of what it changes. */
  base?: string;
}

export function makePack(entries: Packed[], count = entries.length): Buffer {
  const header = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  header.writeUInt32BE(count, 8);
  const parts = entries.flatMap(({ type, data, size = data.length, base }) => [
    toHeader(type, size),
    Buffer.from(base ?? "", "hex"),
    deflateSync(data),
  ]);
  const body = Buffer.concat([header, ...parts]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

function toHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0));
  for (; rest > 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
  return Buffer.from(bytes);
}

/** One and a half megabytes that want to be 1.5 gigabytes. */
export const bomb = makePack(Array.from({ length: 200 }, () => ({ type: 2, data: Buffer.alloc(7_500_000) })));

/** As an answer to a fetch of git's protocol, version 2. */
export function packets(pack: Buffer): Buffer {
  const parts = [packet(Buffer.from("packfile\n"))];
  for (let at = 0; at < pack.length; at += 65_000) {
    parts.push(packet(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 65_000)])));
  }
  return Buffer.concat([...parts, Buffer.from("0000")]);
}

function packet(line: Buffer): Buffer {
  return Buffer.concat([Buffer.from((line.length + 4).toString(16).padStart(4, "0")), line]);
}
