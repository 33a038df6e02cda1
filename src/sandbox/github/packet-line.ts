/** Git's framing: four hexadecimal digits of length, then the line. */
export const flush = Buffer.from("0000");
export const delimiter = Buffer.from("0001");

/** The longest payload of one side-band line. */
const sidebandBytes = 65_515;

export function packet(line: string | Buffer): Buffer {
  const bytes = Buffer.from(line);
  const length = (bytes.length + 4).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The lines of a request, without their line ends; flushes and delimiters are left out. */
export function readPackets(data: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= data.length;) {
    const length = Number.parseInt(data.toString("latin1", at, at + 4), 16);
    if (Number.isNaN(length)) break;
    if (length > 4) lines.push(data.toString("utf8", at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(4, length);
  }
  return lines;
}

/** Channel 1 of side-band-64k: the pack itself. */
export function sideband(data: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += sidebandBytes) {
    parts.push(packet(Buffer.concat([Buffer.from([1]), data.subarray(at, at + sidebandBytes)])));
  }
  return parts;
}
