import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

it("installs its manual page, which npm does for a list alone", () => {
  expect(manifest.man).toEqual(["dist/gitnotify.1"]);
});

it("names no address of a repository until there is one", () => {
  for (const key of ["repository", "homepage", "bugs"]) expect(manifest).not.toHaveProperty(key);
});

it("takes along every document that the README names", () => {
  const named = [
    ...readFileSync("README.md", "utf8").matchAll(/\(([\w./-]+\.md)\)|`(docs\/[\w./-]+|[A-Z]+\.md)`/g),
  ];
  const paths = named.map(([, link, word]) => link ?? word ?? "");
  expect(paths).toContain("docs/install.md");
  for (const path of paths) {
    expect(existsSync(path), path).toBe(true);
    const isShipped = manifest.files.some((entry) => path === entry || path.startsWith(`${entry}/`));
    expect(isShipped, path).toBe(true);
  }
});

it("runs on CI only actions of one commit, and installs what the lockfile names before it publishes", () => {
  const workflows = readdirSync(".github/workflows").map((name) =>
    readFileSync(`.github/workflows/${name}`, "utf8"),
  );
  const used = workflows.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action));
  expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ""))).toEqual([]);
  const release = readFileSync(".github/workflows/release.yml", "utf8");
  expect(release).toContain("npm ci --ignore-scripts");
  expect(release).not.toContain("npm install");
});
