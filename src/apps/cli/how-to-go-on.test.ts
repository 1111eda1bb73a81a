import { describe, expect, it } from "vitest";
import type { Digest } from "../../domain/digest.ts";
import { type Flow, parseFlow } from "../../flow/index.ts";
import { aRun, commit, login } from "../../testing/builders.ts";
import { howToGoOn } from "./how-to-go-on.ts";

const text = (kind: string) => `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { kind: ${kind}, appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply] }
`;

function flowOf(kind: string): Flow {
  const { value, diagnostics } = parseFlow(text(kind), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(diagnostics.map(({ summary }) => summary).join());
  return value;
}

const digest = `sha256:${"a".repeat(64)}` as Digest;

const local = { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } as const;

describe("how to go on with a run", () => {
  const waiting = aRun("dev/app", { state: "waiting", plan: digest, source: local });

  it("names the command that applies a stored plan where that is done from here", () => {
    const apply = `nothing was started: \`plangate apply dev/app --plan ${digest}\` applies it`;
    expect(howToGoOn(waiting, false, flowOf("dev"))).toBe(apply);
    expect(howToGoOn(waiting, false)).toBe(`${apply}, where the flow has no gate`);
  });

  it("names the flow's own way where it is not", () => {
    expect(howToGoOn(waiting, false, flowOf("stage"))).toMatch(
      /^it is for looking at here\. The way there: merge a pull request into main/,
    );
  });

  it("tells a plan that was never made from an apply that failed", () => {
    const failed = aRun("dev/app", { state: "failed", plan: null });
    expect(howToGoOn(failed, false)).toMatch(/^`plangate plan dev\/app` tries again;/);
    expect(howToGoOn({ ...failed, plan: digest }, false)).toMatch(/^`plangate plan dev\/app` shows what is left;/);
  });
});
