import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { createJsonBounds } from "./json-bounds.js";

export interface BodySink {
  /** False: wait for `onDrain` before writing more. */
  write(chunk: Buffer): boolean;
  end(): void;
  destroy(): void;
}

export interface BodySinkOptions {
  /** `content-encoding` as the server wrote it, or undefined. */
  encoding: string | undefined;
  /** Counted after decompression. */
  maxBytes: number;
  /** Whether the body is made into objects later, so that their number and depth are bounded as well. */
  isJson: boolean;
  onDrain: () => void;
  onDone: (body: Uint8Array) => void;
  /** `BodyTooLarge`, `BodyTooIntricate`, or what the decompression said. Called at most once, and `onDone` never after it. */
  onError: (error: Error) => void;
}

export class BodyTooLarge extends Error {}

/** JSON of more elements, or more deeply nested, than is made into objects. */
export class BodyTooIntricate extends Error {}

/** Gathers a body and inflates it piece by piece, so that a small answer that inflates to gigabytes ends at the cap. */
export function createBodySink(options: BodySinkOptions): BodySink {
  const chunks: Uint8Array[] = [];
  const bounds = options.isJson ? createJsonBounds() : undefined;
  let size = 0;
  let inflater: Transform | undefined;
  let over = false;

  const fail = (error: Error) => {
    if (over) return;
    over = true;
    inflater?.destroy();
    options.onError(error);
  };
  const keep = (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > options.maxBytes) return fail(new BodyTooLarge("body over the limit"));
    if (bounds?.admits(chunk) === false) return fail(new BodyTooIntricate("JSON over the limit"));
    chunks.push(chunk);
  };
  const finish = () => {
    if (over) return;
    over = true;
    options.onDone(Buffer.concat(chunks, size));
  };
  // Made at the first byte: an answer without a body may still name an encoding, and zlib takes an empty input for a cut one.
  const open = (first: Buffer): Transform | undefined => {
    const created = createInflater(options.encoding, first);
    created?.on("data", keep).on("drain", options.onDrain).on("end", finish).on("error", fail);
    return created;
  };

  return {
    write(chunk) {
      if (over) return true;
      if (isPlain(options.encoding)) return (keep(chunk), true);
      try {
        inflater ??= open(chunk);
      } catch (error) {
        return (fail(error instanceof Error ? error : new Error("unreadable body")), true);
      }
      return inflater?.write(chunk) ?? true;
    },
    end() {
      if (inflater) inflater.end();
      else finish();
    },
    destroy() {
      over = true;
      inflater?.destroy();
    },
  };
}

export function isPlain(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "" || encoding.trim().toLowerCase() === "identity";
}

function createInflater(encoding: string | undefined, first: Buffer): Transform {
  switch (encoding?.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      // Some servers mean zlib by this word, as the standard does, and some mean the bare stream.
      return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    default:
      throw new Error("an encoding that was not asked for");
  }
}
