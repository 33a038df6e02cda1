import type { CliIo } from "./context.js";
import { readTokenText, type TokenFault } from "../secrets/token-text.js";
import { CliError, exitCode } from "./exit-code.js";

/** No token is longer; more than this is a file that was piped in by mistake. */
const longestSecret = 64_000;

/**
 * A secret from the person or the pipe at stdin: on a terminal it asks and shows nothing of what is typed, otherwise it
 * reads all of stdin. Rejects with `CliError` when it is interrupted, empty or plainly no token.
 */
export async function readSecret(io: CliIo, question: string): Promise<string> {
  const text = io.stdin.isTTY === true ? await askHidden(io, question) : await readAll(io);
  const read = readTokenText(text);
  if ("token" in read) return read.token;
  if (read.fault === "empty")
    throw new CliError(exitCode.usage, "nothing was given, so that nothing is stored");
  throw new CliError(exitCode.usage, faults[read.fault], "Give the token alone.");
}

const faults: Record<Exclude<TokenFault, "empty">, string> = {
  spaces: "a token has no spaces and no line breaks inside",
  strange: "a token has plain letters, digits and signs alone (is the text in UTF-16, or was it cut?)",
};

export async function readAll(io: CliIo): Promise<string> {
  let text = "";
  io.stdin.setEncoding("utf8");
  for await (const chunk of io.stdin) {
    text += String(chunk);
    if (text.length > longestSecret) throw new CliError(exitCode.usage, "this is too long for a token");
  }
  return text;
}

/** Raw mode, because otherwise the terminal itself would echo each key. */
async function askHidden(io: CliIo, question: string): Promise<string> {
  io.stderr.write(question);
  io.stdin.setRawMode?.(true);
  io.stdin.setEncoding("utf8");
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onData = (chunk: Buffer | string) => {
        const result = applyKeys(typed, String(chunk));
        typed = result.typed;
        if (result.end === undefined) return;
        stop();
        if (result.end === "entered") resolve(typed);
        else reject(new CliError(exitCode.interrupted, "interrupted"));
      };
      const onEnd = () => {
        stop();
        resolve(typed);
      };
      const stop = () => io.stdin.off("data", onData).off("end", onEnd).pause();
      io.stdin.on("data", onData).on("end", onEnd).resume();
    });
  } finally {
    io.stdin.setRawMode?.(false);
    io.stderr.write("\n");
  }
}

interface Typing {
  typed: string;
  end?: "entered" | "interrupted";
}

/** What is typed after these keys: a paste comes as one chunk, arrows and the like as escape sequences. */
export function applyKeys(before: string, keys: string): Typing {
  let typed = before;
  for (const key of withoutEscapes(keys)) {
    if (key === "\r" || key === "\n" || key === "\u0004") return { typed, end: "entered" };
    if (key === "\u0003") return { typed: "", end: "interrupted" };
    if (key === "\u0015") typed = "";
    else if (key === "\u007f" || key === "\b") typed = [...typed].slice(0, -1).join("");
    else if (key >= " ") typed += key;
  }
  return { typed, ...(typed.length > longestSecret && { end: "entered" }) };
}

function withoutEscapes(keys: string): string {
  const escape = "\u001b";
  return keys
    .split(escape)
    .map((part, index) => (index === 0 ? part : part.replace(/^(\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])/, "")))
    .join("");
}
