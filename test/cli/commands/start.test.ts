import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run, useFolder } from "../terminal.js";

const folder = useFolder();

it.each(["start", "poll"])(
  "%s says how to begin where nothing is set up, and makes nothing",
  async (command) => {
    const home = join(folder.path, "new");
    const ran = await run(["--home", home, command], { env: {} });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("nothing is set up here");
    expect(ran.stderr).toContain("gitnotify init");
    expect(existsSync(home)).toBe(false);
  },
);
