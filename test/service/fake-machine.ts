import type { Ran, Runner } from "../../src/service/runner.js";
import type { ServiceSpec } from "../../src/service/service.js";

/** A machine in memory: its files, and its programs as functions of their arguments. */
export interface FakeMachine {
  runner: Runner;
  files: Map<string, Buffer>;
  /** Every command line that was run, words joined by spaces. */
  ran: string[];
  shown: string[];
}

export type Program = (words: readonly string[], input: string) => Partial<Ran> | number | void;

export function aMachine(programs: Record<string, Program>): FakeMachine {
  const files = new Map<string, Buffer>();
  const ran: string[] = [];
  const shown: string[] = [];
  const call = ([name = "", ...words]: readonly string[], input = ""): Ran => {
    const program = programs[name] ?? programs["*"];
    if (program === undefined) return { code: 127, stdout: "", stderr: `${name}: not found` };
    const result = program(words, input) ?? 0;
    return { code: 0, stdout: "", stderr: "", ...(typeof result === "number" ? { code: result } : result) };
  };
  const runner: Runner = {
    async run(argv, { input } = {}) {
      ran.push(argv.join(" "));
      return call(argv, input);
    },
    async show(argv) {
      shown.push(argv.join(" "));
      return call(argv).code;
    },
    exists: async (path) => files.has(path),
    read: async (path) => files.get(path) ?? null,
    write: async (path, content) => void files.set(path, Buffer.from(content)),
    copy: async (_from, to) => void files.set(to, Buffer.from("copy")),
    async remove(path) {
      const gone = [...files.keys()].filter((file) => file === path || file.startsWith(`${path}/`));
      gone.forEach((file) => files.delete(file));
      return gone.length > 0;
    },
  };
  return { runner, files, ran, shown };
}

export function aSpec(given: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    node: "/usr/bin/node",
    script: "/usr/lib/node_modules/gitnotify/bin/gitnotify.cjs",
    options: [],
    environment: {},
    logsDir: "/home/mia/.local/state/gitnotify/logs",
    home: "/home/mia/.local/state/gitnotify",
    version: "1.2.3",
    secrets: [],
    files: {},
    ...given,
  };
}
