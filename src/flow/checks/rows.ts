import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import type { Step, Transition } from "../flow.ts";
import { listText } from "../issues.ts";
import { parseNeed } from "../normalise-row.ts";
import { branchBehind } from "./environments.ts";

const order: readonly Step[] = ["check", "plan", "comment", "gate", "apply", "verify", "release"];

/** The steps of a row as written: in an order that works, each with what it needs. */
export const stepsMakeSense: Check = {
  name: "steps-make-sense",
  find: (about) =>
    each(about.flow.when, (row) => {
      const steps = (about.written(row, "do") ?? []) as readonly Step[];
      const say = (text: readonly [string, string?]) => [problem("row-makes-no-sense", about.place(row, "do"), text)];
      const sorted = order.filter((step) => steps.includes(step));
      if (new Set(steps).size === steps.length && sorted.join() !== steps.join())
        return say([`The steps are done as [${sorted.join(", ")}].`, "Write them in that order."]);
      if (steps.includes("release")) return releaseAlone(row, steps, about);
      const lacking = lackingStep(steps);
      if (lacking !== undefined) return say(lacking);
      const worksThere = steps.some((step) => step !== "check");
      if (worksThere && row.environment === null)
        return [
          problem("missing-key", about.place(row), [
            `The key "in" is missing in row ${Number(about.flow.when.indexOf(row)) + 1} of when.`,
            "Name the environment.",
          ]),
        ];
      if (!worksThere && row.environment !== null)
        return [
          problem("key-without-effect", about.placeOfKey(row, "in"), [
            "The static checks are made of the whole change, in no environment.",
            "Remove `in`, or add a plan.",
          ]),
        ];
      return gateExists(row, steps, about);
    }),
};

function lackingStep(steps: readonly Step[]): readonly [string, string?] | undefined {
  if (steps.includes("comment") && !steps.includes("plan"))
    return ["There is nothing to comment on without a plan.", "Add `plan`."];
  if (steps.includes("verify") && !steps.includes("apply"))
    return ["There is nothing to verify without an apply.", "Add `apply`."];
  if (steps.includes("gate") && !steps.includes("apply"))
    return ["A gate stands before an apply, and there is none.", "Add `apply`, or remove `gate`."];
  return undefined;
}

function gateExists(row: Transition, steps: readonly Step[], about: CheckedFlow): readonly Diagnostic[] {
  const environment = about.flow.environments.find(({ name }) => name === row.environment);
  if (!steps.includes("gate") || environment === undefined || environment.approvals !== null) return [];
  const text = `"${environment.name}" has no gate: nobody is asked there.`;
  return [
    problem("gate-missing", about.place(row, "do", steps.indexOf("gate")), [
      text,
      `Add \`approvals\` to environments.${environment.name}, or remove \`gate\`.`,
    ]),
  ];
}

function releaseAlone(row: Transition, steps: readonly Step[], about: CheckedFlow): readonly Diagnostic[] {
  const place = about.place(row, "do");
  if (steps.length > 1)
    return [
      problem("row-makes-no-sense", place, [
        "A release is made for itself.",
        "Write the other steps in a row of their own.",
      ]),
    ];
  const idle = (["in", "ref"] as const).filter((key) => about.written(row, key) !== undefined);
  const without = idle.map((key) =>
    problem("key-without-effect", about.placeOfKey(row, key), [
      `A release needs no \`${key}\`: it is made from the branch that \`releases\` names.`,
      "Remove it.",
    ]),
  );
  if (about.flow.releases.length > 0 || about.names.releases.size > 0) return without;
  return [...without, problem("release-unknown", place, ["The file says nothing about releases.", "Add `releases`."])];
}

/** No two rows answer one event in one environment: nobody could say which of them counts. */
export const noTwoRowsDisagree: Check = {
  name: "no-two-rows-disagree",
  find(about) {
    const first = new Map<string, Transition>();
    return each(about.flow.when, (row) => {
      const event = row.on === "dispatch" ? `dispatch ${row.job}` : `${row.on} into ${row.into} in ${row.environment}`;
      const other = first.get(event);
      if (other === undefined) {
        first.set(event, row);
        return [];
      }
      const text =
        row.on === "dispatch"
          ? `"${row.job}" starts this row and the one in line ${other.line}.`
          : `This row and the one in line ${other.line} answer the same event in the same environment.`;
      const hint = row.on === "dispatch" ? "Give each a `job` of its own." : "Make one row of them.";
      return [problem("rows-disagree", about.place(row), [text, hint])];
    });
  },
};

/** Every row can come to pass: its branch takes pull requests, its environment the ref that it delivers. */
export const everyRowCanFire: Check = {
  name: "every-row-can-fire",
  find: (about) => each(about.flow.when, (row) => [...branchTakesChanges(row, about), ...refIsDelivered(row, about)]),
};

function branchTakesChanges(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const into = about.flow.branches.find(({ name }) => name === row.into);
  if (into === undefined || into.accepts.length > 0) return [];
  const text = `This never happens: "${into.name}" accepts no branch, so nothing is merged into it.`;
  return [problem("row-never-fires", about.place(row, "into"), [text, `Give branches.${into.name} an \`accepts\`.`])];
}

function refIsDelivered(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const environment = about.flow.environments.find(({ name }) => name === row.environment);
  const isRead = (ref: string) => branchBehind(about.flow, ref) !== undefined;
  if (
    environment === undefined ||
    ![...environment.appliesFrom, row.into ?? row.ref ?? ""].every((ref) => ref === "" || isRead(ref))
  )
    return [];
  const { name, appliesFrom } = environment;
  const only = `"${name}" is applied from ${listText(appliesFrom, "and")} only`;
  const hint = (ref: string) => `Add "${ref}" to \`appliesFrom\`, or change the row.`;
  if (row.on === "dispatch") {
    if (row.ref === null || appliesFrom.includes(row.ref)) return [];
    return [problem("row-never-fires", about.place(row, "ref"), [`This never happens: ${only}.`, hint(row.ref)])];
  }
  const into = row.into ?? "";
  if (row.do.includes("apply")) {
    return appliesFrom.includes(into)
      ? []
      : [problem("row-never-fires", about.place(row, "into"), [`This apply never happens: ${only}.`, hint(into)])];
  }
  // A plan is stored for a later apply, which may be of a release made from this branch.
  const leads = appliesFrom.some((ref) => branchBehind(about.flow, ref)?.name === into);
  return leads || !row.do.includes("plan")
    ? []
    : [problem("row-never-fires", about.place(row, "into"), [`This plan is never applied: ${only}.`, hint(into)])];
}

/** What a row waits for is said in two words that can come true. */
export const everyNeedCanBeMet: Check = {
  name: "every-need-can-be-met",
  find(about) {
    const all = about.flow.when.flatMap((row) =>
      ((about.written(row, "needs") ?? []) as readonly string[]).map((text, index) => ({ row, text, index })),
    );
    return each(all, ({ row, text, index }) => {
      const place = about.place(row, "needs", index);
      if (!row.do.includes("release"))
        return [
          problem("key-without-effect", place, [
            "Only a release waits for needs.",
            "For an apply, name what comes first in `after` of its environment.",
          ]),
        ];
      const need = parseNeed(text);
      if (need === undefined)
        return [
          problem("bad-need", place, [
            `"${text}" is not an environment and a state.`,
            'Write "test applied" or "prod planned".',
          ]),
        ];
      const step = need.state === "applied" ? "apply" : "plan";
      const met = about.flow.when.some(
        (other) => other.environment === need.environment && other.on !== "pull_request" && other.do.includes(step),
      );
      if (met || !about.isWhole("when") || !about.names.environments.has(need.environment)) return [];
      return [
        problem("need-never-met", place, [
          `Nothing is ever ${need.state} in "${need.environment}" after a merge.`,
          `Add a row that does, or remove the need.`,
        ]),
      ];
    });
  },
};
