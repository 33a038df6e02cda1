import { expect, it } from "vitest";
import { readAnswers, toAnswerMap } from "../../../src/cli/init/answers.js";

const problems = (text: string) => {
  const read = readAnswers("answers.yaml", text);
  return read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

it("takes the example of the documents", () => {
  expect(readAnswers("docs/answers.example.yaml")).toMatchObject({
    ok: true,
    answers: { connections: [{ platform: "github" }, { id: "work" }], telegram: { owner: "123456789" } },
  });
});

it("tells line and column of what is wrong, with the nearest right word", () => {
  expect(problems("conections: []")).toEqual([expect.stringContaining('1:1 unknown key "conections"')]);
  expect(problems("connections:\n  - platform: gitlub")).toEqual([
    expect.stringContaining("2:15 connections[0].platform: must be one of github, gitlab"),
  ]);
  expect(problems("events: [pipelines, wikki]")).toEqual([
    expect.stringContaining('unknown feature "wikki"'),
  ]);
  expect(problems("a: [")).toEqual([expect.stringContaining("this is not YAML")]);
});

it("sends a token that was put into the file elsewhere, without repeating it", () => {
  const [problem = ""] = problems("connections:\n  - platform: github\n    token: ghp_verysecret");
  expect(problem).toContain("3:5");
  expect(problem).toContain("tokens are not kept in this file");
  expect(problem).not.toContain("verysecret");
});

it("says when the file is not there", () => {
  expect(readAnswers("/nonexistent/answers.yaml")).toMatchObject({ ok: false });
});

it("answers only what is said: the rest is asked", () => {
  const read = readAnswers("answers.yaml", "language: ru");
  expect(read.ok ? [...toAnswerMap(read.answers).keys()] : []).toEqual(["language"]);
});
