import type { Step, Transition } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** Each step of a row as something that is done, in the row's environment. */
export function stepTexts(row: Transition, { strong }: Spelling): readonly string[] {
  const there = row.environment === null ? "there" : strong(row.environment);
  return row.do.map((step) =>
    step === "plan" && row.do.includes("apply") ? plannedFirst(there) : doneText(step, there),
  );
}

function plannedFirst(there: string): string {
  return `what has no stored plan for ${there} is planned first, and shown`;
}

function doneText(step: Step, there: string): string {
  switch (step) {
    case "check":
      return "the change is checked (its configuration can be read and is well formed)";
    case "plan":
      return `each stack of ${there} that it alters is planned against real infrastructure, and the plan is stored, sealed and signed`;
    case "comment":
      return "each plan is shown in a comment";
    case "gate":
      return `each plan waits at the gate of ${there} until enough people have approved it`;
    case "apply":
      return `the plan is applied to ${there}`;
    case "verify":
      return "the apply is verified (a new plan is empty, and the flow's own commands say yes)";
    case "release":
      return "the release is tagged";
    case "destroy":
      return `everything in ${there} is destroyed`;
    case "plan-destroy":
      return `destroying everything in ${there} is planned`;
    case "artifact":
      return "the plan is kept for download";
    case "drift":
      return `real objects of ${there} are compared with the configuration`;
  }
}

/** What has to be there before a row is carried out. */
export function needsText(needs: Transition["needs"], { strong }: Spelling): string {
  return listed(
    needs.map(({ environment, state }) =>
      state === "applied"
        ? `everything applied and verified in ${strong(environment)}`
        : `a plan stored of everything that differs in ${strong(environment)}`,
    ),
  );
}
