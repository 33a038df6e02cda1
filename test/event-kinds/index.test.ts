import { describe, expect, it } from "vitest";
import { isDelivered, toFeature } from "../../src/domain/feature.js";
import { eventKinds, kindOf } from "../../src/event-kinds/index.js";
import { anEvent } from "../support/builders.js";

describe("eventKinds", () => {
  it("names each kind once, in a feature that is delivered", () => {
    expect(new Set(eventKinds.map(({ kind }) => kind)).size).toBe(eventKinds.length);
    for (const { feature } of eventKinds) {
      expect(toFeature(feature)).toBe(feature);
      expect(isDelivered(feature)).toBe(true);
    }
  });

  it("brings failures and recovery unasked, and not every start and success", () => {
    const quiet = eventKinds.filter(({ byDefault }) => !byDefault).map(({ kind }) => kind);
    expect(quiet.sort()).toEqual([
      "merge_request.drafted",
      "merge_request.pushed",
      "pipeline.blocked",
      "pipeline.canceled",
      "pipeline.started",
      "pipeline.succeeded",
    ]);
  });

  it("holds a mention for the most telling, and a comment for less than a review", () => {
    const weight = (kind: string) => kindOf(kind)?.weight ?? 0;
    expect(Math.max(...eventKinds.map(({ kind }) => weight(kind)))).toBe(weight("mention.created"));
    expect(weight("comment.created")).toBeLessThan(weight("review.commented"));
  });

  it("is quiet about a draft that is opened", () => {
    const opened = kindOf("merge_request.opened");
    expect(opened?.quiet?.(anEvent({ attributes: { draft: ["true"] } }))).toBe(true);
    expect(opened?.quiet?.(anEvent({ attributes: { draft: ["false"] } }))).toBe(false);
  });

  it("knows nothing of a kind that it does not have", () => {
    expect(kindOf("pipeline.exploded")).toBeUndefined();
  });
});
