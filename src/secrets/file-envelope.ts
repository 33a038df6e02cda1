import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import * as z from "zod";

/**
 * How the encrypted secrets are written: JSON, so that a person who opens the file sees what it is. The secrets, names and
 * values, are one AES-256-GCM message under a key that scrypt makes of a passphrase or a key file.
 *
 * Two things beside that message tell people what is wrong when it cannot be opened. `check` is part of what scrypt gave, so
 * that another key is known as such; it helps somebody who guesses no more than the message itself does. `sha256`, over
 * everything else, tells a file that an accident damaged. Everything above `tag` is bound to the message (AAD).
 */
export interface Envelope {
  format: typeof format;
  version: typeof version;
  /** Of what the key was made; for sentences alone. */
  key: KeyKind;
  kdf: { name: "scrypt"; N: number; r: number; p: number; salt: string };
  check: string;
  nonce: string;
  tag: string;
  data: string;
  sha256: string;
}

export type KeyKind = "passphrase" | "key file";

export type KeyHeader = Pick<Envelope, "key" | "kdf">;

export interface DerivedKey {
  key: Buffer;
  check: Buffer;
}

export type Parsed = { envelope: Envelope } | { problem: "damaged" | "newer" };

const format = "gitnotify secrets";
const version = 1;

/**
 * A passphrase costs 2^17 (128 MB and 0.4 s on the machine of docs/benchmarks.md, once per process), as OWASP advises for
 * scrypt. A key file of 32 random bytes cannot be guessed whatever a guess costs, so that it costs 2^14 (16 MB, 0.05 s).
 */
const cost: Record<KeyKind, number> = { passphrase: 2 ** 17, "key file": 2 ** 14 };

const base64 = (bytes: number) =>
  z.string().refine((text) => Buffer.from(text, "base64").length === bytes && /^[\w+/]+={0,2}$/.test(text));

/** The limits keep a file that somebody made from taking all memory. */
const kdfSchema = z.strictObject({
  name: z.literal("scrypt"),
  N: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20)
    .refine((N) => Number.isInteger(Math.log2(N))),
  r: z.literal(8),
  p: z.int().min(1).max(4),
  salt: base64(16),
});

const schema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  key: z.enum(["passphrase", "key file"]),
  kdf: kdfSchema,
  check: base64(16),
  nonce: base64(12),
  tag: base64(16),
  data: z.string(),
  sha256: base64(32),
});

const newerSchema = z.object({ format: z.literal(format), version: z.int().min(version + 1) });

export function parseEnvelope(text: string): Parsed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { problem: "damaged" };
  }
  const read = schema.safeParse(parsed);
  if (read.success) {
    const isWhole = checksumOf(read.data) === read.data.sha256;
    return isWhole ? { envelope: read.data } : { problem: "damaged" };
  }
  return { problem: newerSchema.safeParse(parsed).success ? "newer" : "damaged" };
}

/** For a file that does not exist yet. */
export function newKeyHeader(key: KeyKind): KeyHeader {
  return { key, kdf: { name: "scrypt", N: cost[key], r: 8, p: 1, salt: randomBytes(16).toString("base64") } };
}

/** Runs in a thread of the pool; the event loop goes on. */
export function deriveKey(passphrase: string, { kdf }: KeyHeader): Promise<DerivedKey> {
  const { N, r, p } = kdf;
  const salt = Buffer.from(kdf.salt, "base64");
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), salt, 48, { N, r, p, maxmem: 2 * 128 * N * r }, (error, bytes) => {
      if (error) reject(error);
      else resolve({ key: bytes.subarray(0, 32), check: bytes.subarray(32) });
    });
  });
}

/** False: this key was made of something else than the file's own. */
export function fits(envelope: Envelope, { check }: DerivedKey): boolean {
  return timingSafeEqual(Buffer.from(envelope.check, "base64"), check);
}

/** null: the file was changed by somebody who could make its checksum right, but has not the key. */
export function openEnvelope(envelope: Envelope, { key }: DerivedKey): Map<string, string> | null {
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(envelope.nonce, "base64"), {
    authTagLength: 16,
  });
  decipher.setAAD(toHeader(envelope));
  decipher.setAuthTag(Buffer.from(envelope.tag, "base64"));
  try {
    const plain = Buffer.concat([decipher.update(Buffer.from(envelope.data, "base64")), decipher.final()]);
    return new Map(z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(plain.toString("utf8"))));
  } catch {
    return null;
  }
}

/** With a fresh nonce each time: the same one twice under one key would give both messages away. */
export function sealEnvelope(
  secrets: ReadonlyMap<string, string>,
  header: KeyHeader,
  { key, check }: DerivedKey,
): string {
  const nonce = randomBytes(12);
  const open = {
    ...{ format, version, key: header.key, kdf: header.kdf },
    ...{ check: check.toString("base64"), nonce: nonce.toString("base64") },
  } as const;
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
  cipher.setAAD(toHeader(open));
  const plain = Buffer.from(JSON.stringify([...secrets]), "utf8");
  const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString("base64");
  const sealed = { ...open, tag: cipher.getAuthTag().toString("base64"), data };
  return `${JSON.stringify({ ...sealed, sha256: checksumOf(sealed) }, null, 2)}\n`;
}

/** In one order, whatever order the file has. */
function toHeader({
  key,
  kdf: { name, N, r, p, salt },
  check,
  nonce,
}: Pick<Envelope, "key" | "kdf" | "check" | "nonce">): Buffer {
  return Buffer.from(JSON.stringify([format, version, key, name, N, r, p, salt, check, nonce]), "utf8");
}

function checksumOf(envelope: Omit<Envelope, "format" | "version" | "sha256">): string {
  const hash = createHash("sha256").update(toHeader(envelope));
  return hash.update(JSON.stringify([envelope.tag, envelope.data])).digest("base64");
}
