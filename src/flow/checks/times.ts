import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import { parseCron } from "../cron.ts";
import type { Environment } from "../flow.ts";
import { parseWindow } from "../windows.ts";
import { environmentOf } from "./rows.ts";

/** Every window, freeze and emergency is one. */
export const everyTimeCanCome: Check = {
  name: "every-time-can-come",
  find: (about) =>
    each(about.flow.environments, (environment) => [
      ...windowProblems(environment, about),
      ...freezeProblems(environment, about),
      ...emergencyProblems(environment, about),
    ]),
};

function windowProblems(environment: Environment, about: CheckedFlow): readonly Diagnostic[] {
  const written = about.written(environment, "windows");
  if (!Array.isArray(written)) return [];
  return written.flatMap((text, index) => {
    const read = parseWindow(String(text));
    return "why" in read ? [problem("bad-window", about.place(environment, "windows", index), [read.why])] : [];
  });
}

const aYear = 366 * 24 * 60 * 60 * 1000;

function freezeProblems(environment: Environment, about: CheckedFlow): readonly Diagnostic[] {
  return environment.freezes.flatMap(({ from, to }, index) => {
    const place = about.place(environment, "freezes", index, "to");
    if (from >= to)
      return [problem("freeze-empty", place, ["The freeze ends before it begins.", "Give it a later end."])];
    if (to - from <= aYear) return [];
    const text = `For more than a year nothing is applied to "${environment.name}".`;
    return [warning("freeze-long", place, [text, "Give it an earlier end."])];
  });
}

function emergencyProblems(environment: Environment, about: CheckedFlow): readonly Diagnostic[] {
  if (environment.emergency === null) return [];
  const place = about.placeOfKey(environment, "emergency");
  if (environment.approvals === null)
    return [
      problem("emergency-without-gate", place, [
        `Nobody may say that it is one: "${environment.name}" has no \`approvals\`.`,
        "Add `approvals`, or remove `emergency`.",
      ]),
    ];
  return environment.emergency.review > 0
    ? []
    : [
        problem("review-zero", about.place(environment, "emergency", "review"), [
          "Nobody could review it in no time.",
          "Write 48h, or leave it out.",
        ]),
      ];
}

/** Every schedule is one, in an environment that is there all the time, and undoes nothing past people. */
export const everyScheduleCanCome: Check = {
  name: "every-schedule-can-come",
  find: (about) =>
    each(about.flow.when, (row) => {
      if (row.on !== "schedule") return [];
      const environment = environmentOf(row, about);
      const read = parseCron(row.cron ?? "");
      const found: Diagnostic[] = "why" in read ? [problem("bad-cron", about.place(row, "cron"), [read.why])] : [];
      if (environment === undefined || row.drift !== "apply") return found;
      const place = about.place(row, "drift");
      if (about.flow.assurance === "regulated")
        return [
          ...found,
          problem("exception-forbidden", place, [
            "`assurance: regulated` has nothing applied that nobody asked for.",
            "Write `drift: propose`.",
          ]),
        ];
      if (environment.approvals !== null || environment.kind === "dev" || environment.kind === "test") return found;
      const text = `What somebody changed in "${environment.name}" by hand would be undone at night, and nobody asked.`;
      const hint = `Add \`approvals\` to environments.${environment.name}, or write \`drift: propose\`.`;
      return [...found, problem("drift-without-gate", place, [text, hint])];
    }),
};
