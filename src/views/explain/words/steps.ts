import type { Flow, Step, Transition } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** Each step of a row as something that is done, in the row's environment. */
export function stepTexts(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  return row.do.map((step) => doneText(flow, row, { step, spelling }));
}

function doneText(
  flow: Flow,
  row: Transition,
  { step, spelling }: { readonly step: Step; readonly spelling: Spelling },
): string {
  const { strong } = spelling;
  const there = row.environment === null ? "there" : strong(row.environment);
  switch (step) {
    case "check":
      return flow.require.checks.length === 0
        ? "the change is checked"
        : `the change is checked (${listed(flow.require.checks.map(spelling.code))})`;
    case "plan":
      return row.do.includes("apply")
        ? `each stack of ${there} that is concerned is planned now, against real infrastructure`
        : `each stack of ${there} that the change alters is planned against real infrastructure, and the plan is stored, sealed and signed`;
    case "comment":
      return "each plan is shown in a comment";
    case "artifact":
      return "each plan is shown, and all of it but what is sensitive is kept as an artifact, as text and as JSON";
    case "gate":
      return `each plan is shown, and waits until ${gatesText(flow, row, spelling)}`;
    case "apply":
      return `the plan is applied to ${there}`;
    case "verify":
      return "the apply is verified (a new plan is empty, and the flow's own commands say yes)";
    case "release":
      return "the release is tagged";
    case "plan-destroy":
      return `destroying each stack of ${there} that is concerned is planned`;
    case "destroy":
      return row.do.includes("plan-destroy")
        ? "exactly that is destroyed"
        : "it is destroyed again, whether that worked or not";
    case "drift":
      return driftText(row.drift, there);
  }
}

function driftText(drift: Transition["drift"], there: string): string {
  const looked = `real objects of ${there} are compared with what was applied`;
  switch (drift) {
    case "detect":
      return `${looked}, and an issue says what differs; nothing is changed`;
    case "propose":
      return `${looked}; an issue says what differs, and a plan that would put it right is shown; nothing is applied`;
    case "apply":
      return `${looked}; an issue says what differs, and a plan that puts it right is applied, past every gate that stands there`;
  }
}

/** What a row's plan waits for: the row's own gate, then that of the environment. */
function gatesText(flow: Flow, { gate, environment }: Transition, { strong }: Spelling): string {
  const own = flow.environments.some(({ name, approvals }) => name === environment && approvals !== null);
  const gates = [
    ...(gate === null ? [] : [`the gate ${strong(gate)}`]),
    ...(own && environment !== null ? [`the gate of ${strong(environment)}`] : []),
  ];
  return gates.length === 0 ? "it may go on" : `${listed(gates)} ${gates.length === 1 ? "says" : "say"} yes`;
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
