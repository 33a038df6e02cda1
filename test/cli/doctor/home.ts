import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { startSurroundings, type Surroundings, toConfigYaml } from "../../../src/sandbox/surroundings.js";
import { openDatabase } from "../../../src/store/database.js";
import { saveMember } from "../../../src/store/members.js";
import { run, type Ran, useFolder } from "../terminal.js";

export interface DoctorsHome {
  path: string;
  surroundings: Surroundings;
  env: Record<string, string>;
  configure: (change: (yaml: string) => string) => void;
  doctor: (...argv: string[]) => Promise<Ran>;
  /** What one check found. */
  findings: (
    check: string,
    ...argv: string[]
  ) => Promise<Array<{ state: string; text: string; remedy?: string }>>;
}

/** For each test: the sandbox, and a home with an owner in which nothing is wrong. */
export function useDoctorsHome(): DoctorsHome {
  const folder = useFolder();
  let surroundings: Surroundings | undefined;
  const home: DoctorsHome = {
    get path() {
      return folder.path;
    },
    get surroundings() {
      if (surroundings === undefined) throw new Error("It has not begun.");
      return surroundings;
    },
    env: {},
    configure: (change) =>
      writeFileSync(join(folder.path, "config.yaml"), change(toConfigYaml(home.surroundings))),
    doctor: (...argv) => run(["--home", folder.path, "doctor", ...argv], { env: home.env }),
    findings: async (check, ...argv) => {
      const { stdout } = await home.doctor("--json", ...argv);
      const { findings } = JSON.parse(stdout) as {
        findings: Array<{ check: string; state: string; text: string; remedy?: string }>;
      };
      return findings.flatMap(({ check: name, ...finding }) => (name === check ? [finding] : []));
    },
  };
  beforeEach(async () => {
    const started = await startSurroundings();
    surroundings = started;
    home.env = {
      GITNOTIFY_SECRET_TELEGRAM: started.tokens.telegram,
      GITNOTIFY_SECRET_CONNECTION_GITHUB: started.tokens.github,
      GITNOTIFY_SECRET_CONNECTION_WORK: started.tokens.gitlab,
    };
    home.configure((yaml) => yaml);
    started.telegram.say({ userId: 4242, chatId: 4242, text: "/start" });
    const { db, close } = await openDatabase(join(folder.path, "gitnotify.db"));
    await saveMember(db, { id: "4242", role: "owner", name: "Mia" }, 1);
    await close();
  });
  afterEach(() => surroundings?.close());
  return home;
}
