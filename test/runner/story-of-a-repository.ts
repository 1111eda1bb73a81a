import { expect } from "vitest";

/** A whole life takes a while, and longer where much else runs. */
export const patient = { timeout: 400_000 };

/** Nobody had keys yet when the first commit was pushed, and the job that needed them says who knows where they belong. */
export const firstPush = [
  "plangate.yml push: Checks success",
  expect.stringMatching(/^plangate\.yml push: Decide failure\n(?:.|\n)*`plangate audit`/),
];

/** What GitHub says where a ruleset that `audit --fix` made is in the way. */
export const refusedByRules = /Required status check "plangate \/ change"|approving review|code owner review/i;

export const whole = /^The ledger is whole: /;
