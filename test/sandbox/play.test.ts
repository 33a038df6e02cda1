import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWords, playLine, type Word } from "../../src/sandbox/play.js";
import { startSurroundings, type Surroundings } from "../../src/sandbox/surroundings.js";

let surroundings: Surroundings;
let words: Word[];

beforeEach(async () => {
  surroundings = await startSurroundings();
  words = createWords(surroundings);
});
afterEach(() => surroundings.close());

describe("the words of the sandbox", () => {
  it("can be said again and again", () => {
    for (const [line, answer] of Object.entries({
      pipeline: /^Run \d+ of CI on main failed\.$/,
      fix: /^Run \d+ of CI on main succeeded\.$/,
      review: /^Bob opened !\d+ /,
      mention: /^Ann opened #\d+ /,
      wiki: /^Ann edited the wiki page/,
      "say hello": /^$/,
    })) {
      for (const time of ["first", "second"]) {
        playLine(words, "pipeline");
        expect(playLine(words, line), time).toMatch(answer);
      }
    }
  });

  it("ends with quit, skips an empty line, and explains what it does not know", () => {
    expect(playLine(words, " quit ")).toBeNull();
    expect(playLine(words, "")).toBe("");
    expect(playLine(words, "dance")).toContain("pipeline ");
  });

  it("says what is missing instead of throwing", () => {
    expect(playLine(words, "fix")).toContain("Break it first");
    expect(playLine(words, "say")).toContain("Say what?");
    expect(playLine(words, "press Retry")).toContain("There is no button “Retry”");
  });

  it("shows what was said", () => {
    playLine(words, "say /status now");
    expect(playLine(words, "chat")).toContain("/status now");
  });
});
