import { describe, expect, it } from "vitest";
import { handedOverOf, handedOverText, parseHandedOver } from "./handed-over.ts";

const body = {
  pull_request: {
    number: 12,
    base: { ref: "main", sha: "a".repeat(40) },
    head: { ref: "feature/x", sha: "b".repeat(40) },
  },
};

describe("what a run hands over", () => {
  it.each([
    { event: "pull_request", body, text: "pull-request 12" },
    { event: "pull_request_review", body, text: "review 12" },
    {
      event: "push",
      body: { ref: "refs/heads/develop", before: "0".repeat(40), after: "a".repeat(40) },
      text: "push develop",
    },
    { event: "release", body: { release: { tag_name: "v1.2.3" } }, text: "release v1.2.3" },
  ])("of $event is $text, and reads back the same", ({ event, body: given, text }) => {
    const handed = handedOverOf(event, { body: given, defaultBranch: "main", offer: null });
    if (handed === undefined) throw new Error("nothing is handed over");
    expect(handedOverText(handed)).toBe(text);
    expect(parseHandedOver(text)).toEqual(handed);
  });

  it.each([
    "",
    "pull-request 0",
    "pull-request 12\n13",
    "pull-request 1e3",
    "pull-request -1",
    "push main\nrelease v1",
    "push ../main",
    "push -delete",
    `push ${"a".repeat(40)}`,
    "release refs/../x",
    "merge 12",
    "apply run-0mhx3k2p0a1b2c3d4",
    "left now",
  ])("is nothing when it is %j", (text) => {
    expect(parseHandedOver(text)).toBeUndefined();
  });

  it("is nothing for a push of a tag", () => {
    const given = { ref: "refs/tags/v1", before: "0".repeat(40), after: "a".repeat(40) };
    expect(handedOverOf("push", { body: given, defaultBranch: "main", offer: null })).toBeUndefined();
  });
});
