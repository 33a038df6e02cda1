import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addToList, EditError, removeFromList, setValue, writeWhole } from "../../src/config/edit.js";

const entry = { id: "new", platform: "gitlab", url: "https://gitlab.example.com" };
const rendered = "  - id: new\n    platform: gitlab\n    url: https://gitlab.example.com\n";

const written = `# Mine.
telegram:
  owner: 5                 # me

connections:
  # The first.
  - id: github             # a name
    platform: github
    url: "https://github.com"

  - { id: work,   platform: gitlab, url: https://gitlab.com }   # the second
# Who gets what.
subscriptions:
  - to: owner
`;

function idsOf(text: string): unknown {
  const { connections } = parse(text) as { connections?: Array<{ id: string }> };
  return connections?.map(({ id }) => id);
}

describe("addToList", () => {
  it("keeps every other line as it is", () => {
    const changed = addToList(written, "connections", entry);
    expect(changed).toBe(written.replace("# the second\n", `# the second\n${rendered}`));
  });

  it("indents as the list does", () => {
    const flush = "connections:\n- id: a\n  platform: github\n  url: https://a.example\nlanguage: en\n";
    expect(addToList(flush, "connections", entry)).toBe(
      flush.replace("language", `${rendered.replace(/^ {2}/gm, "")}language`),
    );
  });

  it.each([
    ["", `connections:\n${rendered}`],
    ["language: en", `language: en\nconnections:\n${rendered}`],
    ["# only a comment\n", `# only a comment\nconnections:\n${rendered}`],
  ])("makes the list in %j", (text, expected) => {
    expect(addToList(text, "connections", entry)).toBe(expected);
  });

  it.each([
    "connections: []\nlanguage: en\n",
    "connections:\nlanguage: en # mine\n",
    "connections: # none yet\n  # - id: example\n",
    "connections: [{ id: a, platform: github, url: https://a.example }] # one\n",
    "connections:\n  - id: a\n    platform: github\n    url: https://a.example",
    "connections:\r\n  - id: a\r\n    platform: github\r\n    url: https://a.example\r\nlanguage: en\r\n",
    "connections:\n  - id: a\n    url: |\n      https://a.example\n\n\nlanguage: en\n",
  ])("says the same and one entry more in %j", (text) => {
    const before = (parse(text) as { connections?: unknown[] }).connections ?? [];
    const changed = addToList(text, "connections", entry);
    expect(parse(changed)).toEqual({ ...(parse(text) as object), connections: [...before, entry] });
    for (const comment of text.match(/#.*/g) ?? []) expect(changed).toContain(comment.trim());
    if (text.includes("\r\n")) expect(changed).not.toMatch(/[^\r]\n/);
  });

  it.each(["a: b: c", "- a list\n", "x: &x [1]\nconnections: *x\n", "connections: text\n"])(
    "leaves %j to a person",
    (text) => expect(() => addToList(text, "connections", entry)).toThrow(EditError),
  );
});

describe("removeFromList", () => {
  it("takes out the lines of the entry alone", () => {
    expect(removeFromList(written, "connections", 1)).toBe(written.replace(/ {2}- \{ id: work.*\n/, ""));
    const without = removeFromList(written, "connections", 0);
    expect(idsOf(without)).toEqual(["work"]);
    expect(without).toContain("- { id: work,   platform: gitlab, url: https://gitlab.com }   # the second\n");
  });

  it("leaves an empty list without its last entry, and refuses an entry that is not there", () => {
    const one = removeFromList(written, "connections", 1);
    expect(idsOf(removeFromList(one, "connections", 0))).toEqual([]);
    expect(() => removeFromList(written, "connections", 2)).toThrow(EditError);
  });

  it("works in a list of one line", () => {
    const flow = "connections: [{ id: a }, { id: b }] # both\n";
    expect(idsOf(removeFromList(flow, "connections", 0))).toEqual(["b"]);
    expect(removeFromList(flow, "connections", 0)).toContain("# both");
  });
});

describe("setValue", () => {
  it("changes one value and keeps the comments", () => {
    const changed = setValue(written, ["telegram", "owner"], 7);
    expect(parse(changed)).toEqual({ ...(parse(written) as object), telegram: { owner: 7 } });
    for (const comment of ["# Mine.", "# The first.", "# the second"]) expect(changed).toContain(comment);
  });
});

describe("setValue and the other lines", () => {
  it.each([
    ["a:   keyring  # word\nb:  2\n", "a:   file  # word\nb:  2\n"],
    ["a: 'keyring'\nb:  2\n", "a: file\nb:  2\n"],
    ["b:  2 # two", "b:  2 # two\na: file\n"],
    ["", "a: file\n"],
    ["a: x\r\nb:  2\r\n", "a: file\r\nb:  2\r\n"],
  ])("leaves them as they are: %j", (before, after) => {
    expect(setValue(before, ["a"], "file")).toBe(after);
  });

  it("puts a value below a key that is empty, or not there", () => {
    for (const before of ["a:\n# rest\nb: 2\n", "a: # nothing yet\nb: 2\n", "b: 2\n", "a: {}\nb: 2\n"])
      expect(parse(setValue(before, ["a", "store"], "file"))).toEqual({ a: { store: "file" }, b: 2 });
  });

  it("quotes a word that YAML would take for something else", () => {
    expect(setValue("a: word\n", ["a"], "yes: no # 1")).toBe('a: "yes: no # 1"\n');
    expect(parse(setValue("a: word\n", ["a"], "123"))).toEqual({ a: "123" });
    expect(parse(setValue("{ a: word, b: 1 }\n", ["a"], "x, y"))).toEqual({ a: "x, y", b: 1 });
    expect(() => setValue("a: &word x\nb: *word\n", ["a"], "y")).toThrow(EditError);
  });
});

describe("writeWhole", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gitnotify-edit-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes the file for this user alone, with its folders", async () => {
    const file = join(folder, "deep", "config.yaml");
    await writeWhole(file, "a: 1\n");
    expect(readFileSync(file, "utf8")).toBe("a: 1\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("keeps the mode and the symbolic link of a file that is there, and leaves no draft", async () => {
    const real = join(folder, "real.yaml");
    writeFileSync(real, "old");
    chmodSync(real, 0o640);
    const link = join(folder, "config.yaml");
    symlinkSync(real, link);
    await writeWhole(link, "new");
    expect(readFileSync(real, "utf8")).toBe("new");
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(["config.yaml", "real.yaml"]);
  });
});
