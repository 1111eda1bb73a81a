import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import type { Environment, Step, Transition } from "../flow.ts";
import { placeText } from "../issues.ts";
import { stepOrder } from "../normalise-row.ts";

/** The steps of a row as written: in an order that works, each with what it needs. */
export const stepsMakeSense: Check = {
  name: "steps-make-sense",
  find: (about) =>
    each(about.flow.when, (row) => {
      const steps = (about.written(row, "do") ?? []) as readonly Step[];
      const say = (text: readonly [string, string?]) => [problem("row-makes-no-sense", about.place(row, "do"), text)];
      const sorted = stepOrder.filter((step) => steps.includes(step));
      if (new Set(steps).size === steps.length && sorted.join() !== steps.join())
        return say([`The steps are done as [${sorted.join(", ")}].`, "Write them in that order."]);
      if (steps.includes("release")) return releaseAlone(row, steps, about);
      const lacking = lackingStep(row, steps);
      if (lacking !== undefined) return say(lacking);
      const worksThere = steps.some((step) => step !== "check");
      if (worksThere && row.environment === null)
        return [
          problem("missing-key", about.place(row), [
            `The key "in" is missing ${placeText(about.path(row))}.`,
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
      return [...gateExists(row, steps, about), ...gateIsAsked(row, steps, about)];
    }),
};

function lackingStep(row: Transition, steps: readonly Step[]): readonly [string, string?] | undefined {
  const has = (step: Step) => steps.includes(step);
  const shows = steps.find((step) => step === "comment" || step === "artifact");
  if (shows !== undefined && !has("plan"))
    return [`There is nothing to show with \`${shows}\` without a plan.`, "Add `plan`."];
  if (has("verify") && !has("apply")) return ["There is nothing to verify without an apply.", "Add `apply`."];
  if (has("gate") && !has("apply") && !has("destroy"))
    return ["A gate stands before an apply or a destroy, and there is none.", "Add `apply`, or remove `gate`."];
  if (has("plan-destroy") && !has("destroy"))
    return ["A plan to destroy is made to be carried out.", "Add `destroy`, or remove `plan-destroy`."];
  if (row.on === "dispatch" && has("destroy") && (has("apply") || has("plan")))
    return ["What is applied and destroyed in one go was not there for anybody.", "Write a row for each."];
  if (row.on === "pull_request" && has("destroy") && !has("apply"))
    return ["There is nothing to destroy without an apply.", "Add `apply`, or remove `destroy`."];
  if (row.on === "pull_request" && has("apply") && !has("plan"))
    return ["A pull request applies the plan that is made of it.", "Add `plan`."];
  return row.on === "push" && has("apply") && !has("plan")
    ? ["What is pushed has no plan yet.", "Add `plan`."]
    : undefined;
}

function gateExists(row: Transition, steps: readonly Step[], about: CheckedFlow): readonly Diagnostic[] {
  const environment = environmentOf(row, about);
  if (!steps.includes("gate") || row.gate !== null || environment === undefined || environment.approvals !== null)
    return [];
  const text = `"${environment.name}" has no gate: nobody is asked there.`;
  return [
    problem("gate-missing", about.place(row, "do", steps.indexOf("gate")), [
      text,
      `Add \`approvals\` to environments.${environment.name}, name one of \`gates\` with \`gate\`, or remove the step.`,
    ]),
  ];
}

function gateIsAsked(row: Transition, steps: readonly Step[], about: CheckedFlow): readonly Diagnostic[] {
  if (row.gate === null || steps.some((step) => step === "apply" || step === "destroy")) return [];
  const text = "The row applies and destroys nothing, so nobody is asked.";
  return [problem("key-without-effect", about.placeOfKey(row, "gate"), [text, "Remove `gate`."])];
}

export function environmentOf(row: Transition, { flow }: CheckedFlow): Environment | undefined {
  return flow.environments.find(({ name }) => name === row.environment);
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
  const idle = (["in", "ref", "gate"] as const).filter((key) => about.written(row, key) !== undefined);
  const without = idle.map((key) =>
    problem("key-without-effect", about.placeOfKey(row, key), [
      `A release needs no \`${key}\`: it is made from the branch that \`releases\` names.`,
      "Remove it.",
    ]),
  );
  if (about.flow.releases.length > 0 || about.names.releases.size > 0) return without;
  return [...without, problem("release-unknown", place, ["The file says nothing about releases.", "Add `releases`."])];
}

/** What is applied to more than one thing at once tells which. */
export const everyApplyKnowsItsBranch: Check = {
  name: "every-apply-knows-its-branch",
  find: (about) =>
    each(about.flow.when, (row) => {
      const key =
        row.on === "push"
          ? "to"
          : row.on === "dispatch" || row.on === "release" || row.on === "schedule"
            ? null
            : "into";
      const steps = (about.written(row, "do") ?? []) as readonly Step[];
      const mustSay = row.on === "merge" || steps.includes("apply");
      if (key === null || !mustSay || about.written(row, key) !== undefined) return [];
      const text = `The key "${key}" is missing ${placeText(about.path(row))}.`;
      return [problem("missing-key", about.place(row), [text, "Name the class of branches."])];
    }),
};

/** No two rows answer one event in one environment: nobody could say which of them counts. */
export const noTwoRowsDisagree: Check = {
  name: "no-two-rows-disagree",
  find(about) {
    const before: Transition[] = [];
    return each(about.flow.when, (row) => {
      const other = before.find(
        (earlier) => answersSame(earlier, row) && about.path(earlier).join() !== about.path(row).join(),
      );
      before.push(row);
      if (other === undefined) return [];
      const text =
        row.on === "dispatch"
          ? `"${row.job}" starts this row and the one in line ${other.line}.`
          : `This row and the one in line ${other.line} answer the same event in the same environment.`;
      const hint = row.on === "dispatch" ? "Give each a `job` of its own." : "Make one row of them.";
      return [problem("rows-disagree", about.place(row), [text, hint])];
    });
  },
};

function answersSame(left: Transition, right: Transition): boolean {
  if (left.on !== right.on) return false;
  if (left.on === "dispatch") return left.job === right.job;
  const meets = (one: string | null, other: string | null) => one === null || other === null || one === other;
  return (
    left.environment === right.environment &&
    meets(left.into, right.into) &&
    meets(left.to, right.to) &&
    (left.on !== "release" || meets(left.ref, right.ref)) &&
    left.cron === right.cron
  );
}
