import type { ReleaseClass, StackPattern } from "../../flow/flow.ts";
import { listed as inWords } from "../explain/words/names.ts";
import { type Compared, type Differences, isSame, listed, matched, type Pair, type Tell, tellOf } from "./tell.ts";

/** What is delivered: root modules in environments, and where their states lie. */
export function stackDifferences({ before, after, spelling }: Compared): Differences {
  const { code, strong } = spelling;
  const { both, gone, fresh } = matched(before.stacks, after.stacks, ({ root }) => root);
  const where = (stack: StackPattern) => inWords(stack.in.map(strong));
  return [
    ...fresh.map((stack) =>
      tellOf(`stack ${stack.root}`)(
        "other",
        `${code(stack.root)} is a new stack in ${where(stack)}, its state ${stateText(stack, code)}`,
      ),
    ),
    ...gone.map((stack) =>
      tellOf(`stack ${stack.root}`)(
        "other",
        `${code(stack.root)} is no stack any more in ${where(stack)}: nothing there is planned or applied`,
      ),
    ),
    ...both.flatMap((pair) => stackChanges(pair, tellOf(`stack ${pair.after.root}`), spelling)),
  ];
}

function stateText({ backend }: StackPattern, code: (text: string) => string): string {
  return backend.length === 0 ? "found where its configuration says" : `found with ${inWords(backend.map(code))}`;
}

function stackChanges(
  { before, after }: Pair<StackPattern>,
  tell: Tell,
  { code, strong }: Compared["spelling"],
): Differences {
  const name = code(after.root);
  const [had, has] = [before, after].map((stack) => stack.name ?? null);
  const files = ({ vars }: StackPattern) => (vars.length === 0 ? "no files" : inWords(vars.map(code)));
  return [
    ...listed({ before: before.in, after: after.in }, tell, {
      gained: (environment) => `${name} is now a stack in ${strong(environment)}`,
      lost: (environment) =>
        `${name} is no stack any more in ${strong(environment)}: nothing of it is planned or applied there`,
      whenGained: "other",
    }),
    ...(had === has
      ? []
      : [
          tell(
            "other",
            `${name} is called ${has == null ? "after its folder" : code(has)}, instead of ${had == null ? "after its folder" : code(had)}`,
          ),
        ]),
    ...(isSame(before.backend, after.backend)
      ? []
      : [tell("other", `the state of ${name} is ${stateText(after, code)}, and was ${stateText(before, code)}`)]),
    ...(isSame(before.vars, after.vars)
      ? []
      : [tell("other", `the variables of ${name} come from ${files(after)}, instead of ${files(before)}`)]),
    ...listed({ before: before.verify, after: after.verify }, tell, {
      gained: (command) => `after an apply of ${name}, ${code(command.join(" "))} now has to succeed`,
      lost: (command) => `after an apply of ${name}, ${code(command.join(" "))} need not succeed any more`,
      whenGained: "stronger",
      keyOf: (command) => JSON.stringify(command),
    }),
    ...listed({ before: before.depends, after: after.depends }, tell, {
      gained: (glob) => `a change of ${code(glob)} now plans ${name} anew`,
      lost: (glob) => `a change of ${code(glob)} no longer plans ${name} anew`,
      whenGained: "stronger",
    }),
  ];
}

/** What gets versions, and from which branch. */
export function releaseDifferences(compared: Compared): Differences {
  const { before, after, spelling } = compared;
  const { strong, code } = spelling;
  const { both, gone, fresh } = matched(before.releases, after.releases, ({ id }) => id);
  return [
    ...fresh.map(({ id, tag, from }) =>
      tellOf(`release ${id}`)(
        "other",
        `${strong(id)} is a new kind of release, tagged ${code(tag)} on ${strong(from)}`,
      ),
    ),
    ...gone.map(({ id }) => tellOf(`release ${id}`)("other", `releases of the kind ${strong(id)} are gone`)),
    ...both.flatMap((pair) => releaseChanges(compared, pair, tellOf(`release ${pair.after.id}`))),
  ];
}

function releaseChanges(
  { before: old, after: next, spelling }: Compared,
  { before, after }: Pair<ReleaseClass>,
  tell: Tell,
): Differences {
  const { strong, code } = spelling;
  const name = strong(after.id);
  const isProtected = (flow: typeof old, from: string) =>
    flow.branches.some((branch) => branch.name === from && branch.protected);
  const [had, has] = [isProtected(old, before.from), isProtected(next, after.from)];
  return [
    ...(before.from === after.from
      ? []
      : [
          tell(
            had === has ? "other" : has ? "stronger" : "weaker",
            `a ${name} is made from ${strong(after.from)} instead of ${strong(before.from)}`,
          ),
        ]),
    ...(before.of === after.of
      ? []
      : [tell("other", `a ${name} is a version of ${code(after.of)} instead of ${code(before.of)}`)]),
    ...(before.tag === after.tag
      ? []
      : [tell("other", `a ${name} is tagged ${code(after.tag)} instead of ${code(before.tag)}`)]),
    ...(before.on === after.on
      ? []
      : [
          after.on === "merge"
            ? tell("weaker", `a ${name} is now made by itself after a merge`)
            : tell("stronger", `a ${name} is now made only when somebody asks for it`),
        ]),
  ];
}
