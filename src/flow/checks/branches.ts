import { branchInAll, type SearchBudget } from "../branch-sets.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { BranchClass } from "../flow.ts";
import { parseGlob } from "../glob.ts";
import { setOf } from "../match.ts";
import { ticketWord } from "../ticket.ts";

/** Every pattern of a branch class can be read. */
export const patternsCanBeRead: Check = {
  name: "patterns-can-be-read",
  find(about) {
    const patterns = about.flow.branches.flatMap((branch) =>
      (["match", "except"] as const).flatMap((key) =>
        branch[key].map((pattern, index) => ({ branch, key, pattern, index })),
      ),
    );
    return each(patterns, ({ branch, key, pattern, index }) => {
      const why = whyUnreadable(pattern);
      if (why === undefined) return [];
      const inside = Array.isArray(about.written(branch, key)) ? [key, index] : [key];
      return [problem("bad-pattern", about.place(branch, ...inside), [why])];
    });
  },
};

function whyUnreadable(pattern: string): string | undefined {
  const read = parseGlob(pattern);
  if ("why" in read) return read.why;
  if (pattern.length > 200) return `The pattern is ${pattern.length} characters long; a branch has no such name.`;
  if (/[{}]/.test(pattern.replace(ticketWord, "")))
    return `"${pattern}" has braces that mean nothing in a branch's name; there is {ticket}, once.`;
  return /^\/|\/\/|\/$/.test(pattern) ? `"${pattern}" matches no branch: slashes stand between words only.` : undefined;
}

const budgets = new WeakMap<CheckedFlow, SearchBudget>();

/** All searches over one file share one budget, so that no file takes long. */
function budgetOf(about: CheckedFlow): SearchBudget {
  const budget = budgets.get(about) ?? { steps: 100_000 };
  budgets.set(about, budget);
  return budget;
}

const canBeRead = ({ match, except }: BranchClass): boolean =>
  [...match, ...except].every((pattern) => "tokens" in parseGlob(pattern));

/** A branch belongs to one class at most, so that nobody can choose the rules that suit them. */
export const noBranchHasTwoClasses: Check = {
  name: "no-branch-has-two-classes",
  find(about) {
    const branches = about.flow.branches.filter(canBeRead);
    const sets = branches.map(setOf);
    const pairs = branches.flatMap((later, index) => branches.slice(0, index).map((earlier) => ({ earlier, later })));
    return each(pairs, ({ earlier, later }) => {
      const both = [earlier, later].map((branch) => sets[branches.indexOf(branch)] ?? setOf(branch));
      const found = branchInAll(both, budgetOf(about));
      const place = about.placeOfKey(later);
      if (found === undefined) return [];
      if (found === "unknown") {
        return [
          problem("patterns-too-wild", place, [
            `Whether a branch is "${earlier.name}" and "${later.name}" takes too long to tell.`,
            "Use fewer wildcards.",
          ]),
        ];
      }
      const text = `A branch "${found.name}" is "${earlier.name}" and "${later.name}" at once.`;
      return [problem("branch-has-two-classes", place, [text, "Leave it out of one of them with `except`."])];
    });
  },
};

/** Every class has branches. */
export const everyClassHasBranches: Check = {
  name: "every-class-has-branches",
  find: (about) =>
    each(about.flow.branches.filter(canBeRead), (branch) =>
      branchInAll([setOf(branch)], budgetOf(about)) === undefined
        ? [
            problem("branch-unreachable", about.placeOfKey(branch), [
              `No branch can be "${branch.name}": \`except\` leaves out all that \`match\` matches.`,
            ]),
          ]
        : [],
    ),
};

/** A protected branch takes changes by pull request only, so there has to be a branch that it takes them from. */
export const everyBranchCanBeReached: Check = {
  name: "every-branch-can-be-reached",
  find(about) {
    const { branches } = about.flow;
    // A class that could not be read may be one that people push to.
    const unread = branches
      .flatMap(({ accepts }) => accepts)
      .filter((name) => !branches.some((branch) => branch.name === name));
    const reached = new Set([
      ...unread,
      ...branches.filter(({ directPush }) => directPush !== "never").map(({ name }) => name),
    ]);
    for (let before = -1; before !== reached.size; ) {
      before = reached.size;
      for (const branch of branches) if (branch.accepts.some((name) => reached.has(name))) reached.add(branch.name);
    }
    return each(branches, (branch) => {
      if (reached.has(branch.name)) return [];
      const place = about.placeOfKey(branch);
      if (branch.accepts.length === 0) {
        const why = branch.reviews === null ? "nobody may push to it" : "it is reviewed";
        const text = `Nothing can come into "${branch.name}": ${why}, and it accepts no branch.`;
        return [problem("branch-unreachable", place, [text, "Name the branches that it takes with `accepts`."])];
      }
      const text = `Nothing can come into "${branch.name}": what it accepts takes changes only from branches nobody can push to.`;
      return [problem("branch-unreachable", place, [text, "Let it accept a class of branches that people work on."])];
    });
  },
};

/** A class that leads nowhere was meant to be named somewhere. */
export const everyBranchLeadsSomewhere: Check = {
  name: "every-branch-leads-somewhere",
  needsWhole: ["branches", "environments", "releases", "when"],
  find(about) {
    const { branches, environments, releases, when } = about.flow;
    const named = new Set<string | null>([
      ...branches.flatMap(({ accepts }) => accepts),
      ...environments.flatMap(({ appliesFrom }) => appliesFrom),
      ...releases.map(({ from }) => from),
      ...when.flatMap(({ into, to, ref }) => [into, to, ref]),
    ]);
    return each(branches, (branch) =>
      named.has(branch.name)
        ? []
        : [
            warning("branch-leads-nowhere", about.placeOfKey(branch), [
              `What is on "${branch.name}" goes nowhere: no branch accepts it and no environment is applied from it.`,
            ]),
          ],
    );
  },
};
