import { durationText } from "../../../domain/names.ts";
import type { BranchClass, Flow } from "../../../flow/flow.ts";
import { headsOf } from "../heads.ts";
import { comingIn, methodsText } from "./coming-in.ts";
import { listed, type Spelling } from "./names.ts";

/** Who may go where: a class of branches, sentence by sentence. */
export function branchSentences(flow: Flow, branch: BranchClass, spelling: Spelling): readonly string[] {
  return [
    ...nameSentences(branch, spelling),
    ...comingIn(flow, branch, spelling),
    ...goingOn(flow, branch, spelling),
    ...backSentences(branch, spelling),
    ...demandSentences(branch),
  ];
}

function nameSentences(branch: BranchClass, spelling: Spelling): readonly string[] {
  const { strong, code } = spelling;
  const sentences = [`${strong(branch.name)} is ${matchText(branch, spelling)}.`];
  const hasTicket = branch.match.some((pattern) => pattern.includes("{ticket}"));
  if (hasTicket)
    sentences.push(
      `${code("{ticket}")} is a ticket, such as ${code("NET-12")} or ${code("12")}; a dash and a few words may follow it, as in ${code("NET-12-more-subnets")}.`,
    );
  if (branch.ticket === "required")
    sentences.push(
      "A branch whose name holds no ticket is not one of these: no branch accepts it, and the check says what its name lacks.",
    );
  else if (!isOneBranch(branch)) sentences.push("Its name may hold a ticket, and need not.");
  if (branch.cutFrom !== null)
    sentences.push(
      `It starts from ${strong(branch.cutFrom)}; one that carries commits of another protected branch was started elsewhere, and nothing of it is planned or applied.`,
    );
  return sentences;
}

export function matchText({ match, except }: BranchClass, { code }: Spelling): string {
  const without = except.length === 0 ? "" : `, except ${listed(except.map(code), "and")}`;
  if (match.length === 1 && without === "" && isPlain(match[0] ?? "")) return `the branch ${code(match[0] ?? "")}`;
  if (match.join() === "**") return `every branch${without}`;
  return `every branch named like ${listed(match.map(code), "or")}${without}`;
}

function isOneBranch({ match, except }: BranchClass): boolean {
  return match.length === 1 && except.length === 0 && isPlain(match[0] ?? "");
}

function isPlain(pattern: string): boolean {
  return !/[*?[{]/.test(pattern);
}

function goingOn(flow: Flow, branch: BranchClass, { strong }: Spelling): readonly string[] {
  const into = flow.branches.filter(
    ({ name, accepts }) => accepts.includes(branch.name) && !branch.backMerge.includes(name),
  );
  const applied = flow.environments
    .filter(({ appliesFrom }) => appliesFrom.includes(branch.name))
    .map(({ name }) => strong(name));
  const released = flow.releases.filter(({ from }) => from === branch.name).map(({ id }) => strong(id));
  return [
    into.length === 0
      ? branch.backMerge.length === 0
        ? "It is merged into no other branch."
        : "It is merged into no other branch but to bring back what that lacks."
      : `It may be merged into ${listed(
          into.map(({ name, merge }) => `${strong(name)}, ${methodsText(merge)}`),
          "or",
        )}.`,
    applied.length === 0 ? "Nothing is applied from it." : `What is on it may be applied to ${listed(applied, "and")}.`,
    ...(released.length === 0
      ? []
      : [`On it, ${listed(released, "and")} ${released.length === 1 ? "is" : "are"} tagged.`]),
  ];
}

function backSentences({ backMerge }: BranchClass, { strong }: Spelling): readonly string[] {
  if (backMerge.length === 0) return [];
  const into = listed(backMerge.map(strong), "and");
  return [
    `When it holds content that ${into} ${backMerge.length === 1 ? "lacks" : "lack"}, such as a hotfix, plangate opens a pull request that brings it back there at once (a back-merge); promotions from there wait until it is merged.`,
  ];
}

/** What is asked of a pull request because of the branch it comes from. */
function demandSentences({ issue, maxAge }: BranchClass): readonly string[] {
  return [
    ...(issue === "required"
      ? [
          "A pull request from it has to link an open issue: no work without a reason. Without one nothing is planned, and nothing that was merged is applied.",
        ]
      : []),
    ...(maxAge === null
      ? []
      : [`It lives shortly: its pull request is flagged when it is open for longer than ${durationText(maxAge)}.`]),
  ];
}

/** That an open issue is linked, and from which branches where not all that bring work are asked for one; null when none is. */
export function issueText(flow: Flow, branch: BranchClass, { strong }: Spelling): string | null {
  const { work } = headsOf(flow, branch);
  const asked = flow.branches.filter(({ name, issue }) => work.includes(name) && issue === "required");
  if (asked.length === 0) return null;
  const from = listed(
    asked.map(({ name }) => strong(name)),
    "or",
  );
  return asked.length === work.length ? "an open issue is linked" : `an open issue is linked, from ${from}`;
}
