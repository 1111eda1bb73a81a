import { expect, it } from "vitest";
import { flagKey } from "../../domain/flag-key.ts";
import { commit, login } from "../../testing/builders.ts";
import type { Delivery } from "../delivery.ts";
import { flaggedPushes } from "./flagged.ts";

const [pushed, before, gone] = ["c2", "c1", "c9"].map(commit) as [
  ReturnType<typeof commit>,
  ReturnType<typeof commit>,
  ReturnType<typeof commit>,
];

it("looks at pushes of plangate's issues alone whose branch and commit are there", async () => {
  const asked: string[] = [];
  const key = (branch: string, of = pushed) => flagKey({ code: "pushed-directly", stack: null, branch, commit: of });
  const there = new Set<string>(["refs/heads/develop", pushed, before]);
  const delivery = {
    repository: {
      resolve: async (name: string) => (there.has(name) ? pushed : undefined),
      changeSize: async () => ({ files: 1, lines: 1 }),
      commitsBetween: async () => [],
    },
    forge: {
      openIssues: async () => [key("develop"), key("work"), key("develop", gone), "drift-found prod/infra"],
      pushOf: async (branch: string) => {
        asked.push(branch);
        return { before, after: pushed };
      },
      pusherOf: async () => login("ann"),
      commitAnswers: async () => [],
    },
  } as unknown as Delivery;
  expect(await flaggedPushes(delivery)).toMatchObject([
    { push: { branch: "develop", commit: pushed, writers: ["ann"] } },
  ]);
  expect(asked).toEqual(["develop"]);
});
