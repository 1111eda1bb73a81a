import { describe, expect, it } from "vitest";
import { parseCommands } from "./command.ts";
import { digestOf } from "./digest.ts";

const plan = digestOf("plan");

describe("a comment", () => {
  it.each([
    {
      name: "gives a command on a line of its own",
      body: "/plangate plan",
      says: [{ says: "plan", stack: null, plan: null }],
    },
    {
      name: "names a stack",
      body: "Fine with me.\n/plangate approve prod/app\nThanks!",
      says: [{ says: "approve", stack: "prod/app", plan: null }],
    },
    {
      name: "names a plan by its whole digest",
      body: `/plangate approve prod/app ${plan}`,
      says: [{ says: "approve", stack: "prod/app", plan }],
    },
    {
      name: "gives several, in order",
      body: "/plangate hold\r\n/plangate release-hold",
      says: [{ says: "hold" }, { says: "release-hold" }],
    },
    {
      name: "accepts a commit by its beginning, or the one that it stands on",
      body: "/plangate accept 0123ABC\n/plangate accept",
      says: [
        { says: "accept", commit: "0123abc", stack: null, plan: null },
        { says: "accept", commit: null },
      ],
    },
    {
      name: "names the stack that is freed, taken or left behind",
      body: "/plangate release dev/app\n/plangate take dev/app\n/plangate forget prod/app",
      says: ["release", "take", "forget"].map((says) => ({ says, commit: null })),
    },
    {
      name: "quotes a command and gives none",
      body: "> /plangate approve\n\n    /plangate approve\n /plangate approve",
      says: [],
    },
    {
      name: "shows a command in a block and gives none",
      body: "```\n/plangate approve\n```\n~~~sh\n/plangate approve\n```\n~~~",
      says: [],
    },
    {
      name: "speaks of it in a sentence and gives none",
      body: "Say /plangate approve when you are ready; /plangates is no word.",
      says: [],
    },
  ])("$name", ({ body, says }) => {
    const { commands, problems } = parseCommands(body);
    expect(commands).toMatchObject(says);
    expect(commands).toHaveLength(says.length);
    expect(problems).toEqual([]);
  });

  it.each([
    { body: "/plangate aprove", problem: '"aprove" is no command. Did you mean "approve"?' },
    {
      body: "/plangate",
      problem:
        "A command is missing. It is one of plan, approve, take-back, reject, hold, release-hold, accept, acknowledge, forget, release, take, merge.",
    },
    {
      body: "/plangate approve everything",
      problem: '"everything" is neither a stack such as prod/network nor the whole digest of a plan.',
    },
    {
      body: `/plangate approve ${plan.slice(0, 19)}`,
      problem: `"${plan.slice(0, 19)}" is neither a stack such as prod/network nor the whole digest of a plan.`,
    },
    {
      body: `/plangate plan ${plan}`,
      problem: `"${plan}" is neither a stack such as prod/network nor the whole digest of a plan.`,
    },
    { body: "/plangate accept 012", problem: '"012" is not the id of a commit.' },
    { body: "/plangate accept dev/app", problem: '"dev/app" is not the id of a commit.' },
    { body: "/plangate merge prod/app", problem: '"merge" is about the whole pull request, and takes no "prod/app".' },
    { body: "/plangate take", problem: '"take" names the stack that is meant: /plangate take dev/app.' },
    {
      body: `/plangate forget prod/app ${plan}`,
      problem: `"${plan}" is neither a stack such as prod/network nor the whole digest of a plan.`,
    },
  ])("says what is wrong with $body", ({ body, problem }) => {
    expect(parseCommands(body)).toEqual({ commands: [], problems: [problem] });
  });
});
