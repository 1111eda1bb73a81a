import { describe, expect, it } from "vitest";
import { decided, flowOf } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import type { BackMergeFacts, PullRequestFacts } from "../../domain/facts.ts";
import { renderPreset } from "../../flow/index.ts";
import { aChange, answer, answerTime, login } from "../../testing/builders.ts";

const text = renderPreset("integration-branch");
const withApp = flowOf(`${text}\nidentity: app\n`);
const teams = { owners: [login("bob"), login("cem")] };
const merge = (by: string): Event => ({
  kind: "command",
  command: "merge",
  pullRequest: 12,
  stack: null,
  by: login(by),
});
const promotion = (about: Partial<PullRequestFacts> = {}) => ({
  pullRequest: aChange({ state: "open", headBranch: "development", base: "main", ...about }),
});
const back = (needed: boolean): { readonly backMerges: readonly BackMergeFacts[] } => ({
  backMerges: [{ from: "main", into: "development", needed, open: null }],
});

describe("/plangate merge", () => {
  it("moves the base on for whoever asks, once all that the branch asks of people is there", () => {
    const facts = { teams, ...promotion(), ...back(false) };
    expect(decided(withApp, [], merge("bob"), facts)).toEqual(["fast-forward main bob"]);
  });

  it.each([
    { name: "is not for strangers", by: "mallory", code: "not-allowed" },
    { name: "moves nothing to what is merged already", facts: promotion({ state: "merged" }), code: "not-affected" },
    { name: "moves nothing to what was closed", facts: promotion({ state: "closed" }), code: "not-affected" },
    {
      name: "moves nothing to a branch that the base does not take",
      facts: promotion({ headBranch: "feature/NET-12" }),
      code: "head-not-accepted",
    },
    {
      name: "is no button for what has one",
      facts: promotion({ headBranch: "feature/NET-12", base: "development" }),
      code: "no-transition",
    },
    { name: "waits for reviews", facts: promotion({ answers: [] }), code: "unreviewed-change" },
    {
      name: "counts no review of who wrote it",
      facts: promotion({ writers: [login("ann"), login("bob")] }),
      code: "unreviewed-change",
    },
    {
      name: "counts no review of an earlier head",
      facts: promotion({ headSince: answerTime + 1 }),
      code: "unreviewed-change",
    },
    { name: "waits for code owners", facts: promotion({ codeOwners: [[login("cem")]] }), code: "code-owner-missing" },
    {
      name: "is held by who asks for changes",
      facts: promotion({ answers: [answer("bob", "approve"), answer("ann", "request-changes")] }),
      code: "changes-requested",
    },
    { name: "waits for conversations", facts: promotion({ unresolved: 2 }), code: "conversation-unresolved" },
    { name: "waits for a draft", facts: promotion({ draft: true }), code: "not-merged" },
    { name: "waits for what has to be brought back", facts: back(true), code: "back-merge-missing" },
    { name: "takes nothing unknown for good", facts: { backMerges: undefined }, code: "fact-unknown" },
    { name: "is about a pull request that is known", facts: { pullRequest: null }, code: "fact-unknown" },
  ])("$name", ({ by = "bob", facts = {}, code }) => {
    const all = { teams, ...promotion(), ...back(false), ...facts };
    expect(decided(withApp, [], merge(by), all)).toEqual([`refuse ${code}`]);
  });

  it("waits for code owners also where the forge asks for them by itself", () => {
    const facts = { teams, ...promotion({ codeOwners: [[login("cem")]] }), ...back(false) };
    const unasked = text.replace(", codeOwners: true }", " }");
    expect(unasked).not.toBe(text);
    expect(decided(flowOf(`${unasked}\nidentity: app\n`), [], merge("bob"), facts)).toEqual([
      "refuse code-owner-missing",
    ]);
  });

  it("asks for no conversation to be resolved where the branch's ruleset does not", () => {
    const facts = { teams, ...promotion({ unresolved: 2, answers: [] }), ...back(false) };
    const reviewless = text.replace(/^ {4}reviews: .*\n(?= {4}backMerge)/m, "");
    expect(reviewless).not.toBe(text);
    expect(decided(flowOf(`${reviewless}\nidentity: app\n`), [], merge("bob"), facts)).toEqual([
      "fast-forward main bob",
    ]);
  });

  it("is done by an app alone", () => {
    const facts = { teams, ...promotion(), ...back(false) };
    expect(decided(flowOf(text), [], merge("bob"), facts)).toEqual(["refuse no-transition"]);
  });
});
