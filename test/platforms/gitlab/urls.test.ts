import { expect, it } from "vitest";
import { toProjectPath } from "../../../src/platforms/gitlab/urls.js";
import { toConnection } from "./gitlab-world.js";

const root = toConnection("https://gitlab.example.com");
const sub = toConnection("https://example.com/gitlab");

it("takes the project's path from the address of one of its pages, whatever the host is called", () => {
  expect(toProjectPath(sub, "https://other.example/gitlab/acme/api/-/pipelines/9")).toBe("acme/api");
  expect(toProjectPath(root, "https://gitlab.example.com/acme/api")).toBeUndefined();
});
