import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { renderManual } from "../../src/cli/manual.js";
import { commands } from "../../src/cli/program.js";

const hasGroff = spawnSync("groff", ["--version"]).status === 0;

it("has a section for every command, with its options and examples", async () => {
  const page = await renderManual();
  for (const { name } of commands) expect(page).toContain(`.SS "gitnotify ${name}"`);
  expect(page).toContain('.SS "gitnotify db backup"');
  expect(page).toContain(".B \\-\\-dry\\-run\nsend and store nothing; print what would be sent");
  expect(page).toContain("gitnotify poll \\-\\-all \\-\\-dry\\-run");
});

it.skipIf(!hasGroff)("is what groff understands without a warning", async () => {
  const { stderr, status } = spawnSync("groff", ["-man", "-ww", "-z"], {
    input: await renderManual(),
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
});
