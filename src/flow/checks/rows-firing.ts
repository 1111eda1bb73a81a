import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import type { Transition } from "../flow.ts";
import { listText } from "../issues.ts";
import { parseNeed } from "../normalise-row.ts";
import { branchBehind } from "./environments.ts";
import { environmentOf } from "./rows.ts";

/** Every row can come to pass: its branch takes pull requests, its environment the ref that it delivers. */
export const everyRowCanFire: Check = {
  name: "every-row-can-fire",
  find: (about) =>
    each(about.flow.when, (row) => [
      ...branchTakesChanges(row, about),
      ...branchTakesPushes(row, about),
      ...refIsDelivered(row, about),
    ]),
};

function branchTakesChanges(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const into = about.flow.branches.find(({ name }) => name === row.into);
  if (into === undefined || into.accepts.length > 0) return [];
  const text = `This never happens: "${into.name}" accepts no branch, so nothing is merged into it.`;
  return [problem("row-never-fires", about.place(row, "into"), [text, `Give branches.${into.name} an \`accepts\`.`])];
}

/** A merge is a push as well, but what it brings is for the rows of the merge. */
function branchTakesPushes(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const to = about.flow.branches.find(({ name }) => name === row.to);
  if (to === undefined || to.directPush !== "never") return [];
  const text = `This never happens: nobody may push to "${to.name}".`;
  const hint = `Write a row for the merge into it, or give branches.${to.name} a \`directPush\`.`;
  return [problem("row-never-fires", about.place(row, "to"), [text, hint])];
}

function refIsDelivered(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const environment = environmentOf(row, about);
  const isRead = (ref: string) => branchBehind(about.flow, ref) !== undefined;
  const said = row.into ?? row.to ?? row.ref;
  if (environment === undefined || ![...environment.appliesFrom, ...(said === null ? [] : [said])].every(isRead))
    return [];
  const { name, appliesFrom, perPullRequest } = environment;
  const only = `"${name}" is applied from ${listText(appliesFrom, "and")} only`;
  const hint = (ref: string) => `Add "${ref}" to \`appliesFrom\`, or change the row.`;
  // Told elsewhere: such a row is about no pull request, or its release is none.
  if (perPullRequest && row.on !== "pull_request") return [];
  if (row.on === "release" && row.ref !== null && !about.names.releases.has(row.ref)) return [];
  if (row.on === "dispatch" || row.on === "release") {
    if (row.on === "release" && row.ref === null && !appliesFrom.some((ref) => about.names.releases.has(ref)))
      return [
        problem("row-never-fires", about.place(row, "on"), [`This never happens: ${only}, and none is a release.`]),
      ];
    if (row.ref === null || appliesFrom.includes(row.ref)) return [];
    return [problem("row-never-fires", about.place(row, "ref"), [`This never happens: ${only}.`, hint(row.ref)])];
  }
  const key = row.on === "push" ? "to" : "into";
  const branch = row.on === "push" ? row.to : row.into;
  if (branch === null) return [];
  const place = about.place(row, key);
  // An instance is applied from the head of the pull request, which `into` does not tell.
  if (perPullRequest && row.on === "pull_request") return headReachesInstance(row, about);
  if (row.do.includes("apply"))
    return appliesFrom.includes(branch)
      ? []
      : [problem("row-never-fires", place, [`This apply never happens: ${only}.`, hint(branch)])];
  // A plan is stored for a later apply, which may be of a release made from this branch.
  const leads = appliesFrom.some((ref) => branchBehind(about.flow, ref)?.name === branch);
  return leads || !row.do.includes("plan")
    ? []
    : [problem("row-never-fires", place, [`This plan is never applied: ${only}.`, hint(branch)])];
}

function headReachesInstance(row: Transition, about: CheckedFlow): readonly Diagnostic[] {
  const environment = environmentOf(row, about);
  const into = about.flow.branches.find(({ name }) => name === row.into);
  if (environment === undefined || into === undefined) return [];
  if (into.accepts.length === 0 || into.accepts.some((head) => environment.appliesFrom.includes(head))) return [];
  const text = `This never happens: "${into.name}" accepts ${listText(into.accepts, "and")}, and "${environment.name}" is applied from ${listText(environment.appliesFrom, "and")} only.`;
  return [problem("row-never-fires", about.place(row, "into"), [text, "Name in `appliesFrom` what it accepts."])];
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
