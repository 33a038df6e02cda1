import { gzipSync } from "node:zlib";

export interface TarFile {
  /** Relative, at most 100 bytes. */
  name: string;
  text: string;
}

const block = 512;

/**
 * The files as a `.tar.gz`. Written by hand because none of our dependencies writes archives and Node has the compression alone;
 * one file in one format would do for a machine, but a person opens this, and greps the log in it. Format: POSIX.1-1988 ustar.
 */
export function toTarGz(files: readonly TarFile[], now: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text, "utf8");
    const rest = (block - (content.length % block)) % block;
    return [toHeader(name, content.length, now), content, Buffer.alloc(rest)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

function toHeader(name: string, size: number, now: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long a name for an archive.`);
  const header = Buffer.alloc(block);
  header.write(name, 0);
  writeOctal(header, 0o600, { at: 100, length: 8 });
  writeOctal(header, 0, { at: 108, length: 8 });
  writeOctal(header, 0, { at: 116, length: 8 });
  writeOctal(header, size, { at: 124, length: 12 });
  writeOctal(header, Math.floor(now / 1000), { at: 136, length: 12 });
  // The sum counts its own field as blanks.
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148);
  return header;
}

/** Digits, then a zero byte, which is there already. */
function writeOctal(header: Buffer, value: number, { at, length }: { at: number; length: number }): void {
  header.write(value.toString(8).padStart(length - 1, "0"), at);
}
