/**
 * The value of ExecStart=. systemd refuses a program whose path has quotes, backslashes or control characters, however they
 * are written: such a one is begun by `env`, which it then replaces, so that systemd watches the right process.
 */
export function toExecLine(argv: readonly string[]): string {
  const [program = "", ...words] = argv;
  const isRefused = /['"\\\p{Cc}]/u.test(program);
  const first = isRefused
    ? ["/usr/bin/env", toExecWord(program, "argument")]
    : [toExecWord(program, "program")];
  return [...first, ...words.map(toArgument)].join(" ");
}

/** Plain words stay readable. */
function toArgument(word: string): string {
  return /^[\w./=:-]+$/.test(word) ? word : toExecWord(word, "argument");
}

/**
 * One word of ExecStart= (systemd.service(5), "Command lines"): in double quotes backslash sequences hold, `%` begins a
 * specifier and `$` a variable, except in the program itself, where a doubled dollar would stay doubled.
 */
function toExecWord(word: string, place: "program" | "argument"): string {
  const quoted = toQuoted(word);
  return place === "program" ? quoted : quoted.replaceAll("$", "$$$$");
}

/** One assignment of Environment= (systemd.exec(5)): here a dollar means nothing. */
export function toEnvironmentWord(name: string, value: string): string {
  return toQuoted(`${name}=${value}`);
}

function toQuoted(word: string): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll("%", "%%");
  return `"${escaped}"`;
}
