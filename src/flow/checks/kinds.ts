import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem } from "../check.ts";
import type { Environment, Step } from "../flow.ts";
import { hasWord } from "../templates.ts";
import { environmentOf } from "./rows.ts";
import { tellsStatesApart } from "./state-place.ts";

/** Nothing destroys what people rely on. */
export const onlyTestsAreDestroyable: Check = {
  name: "only-tests-are-destroyable",
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { name, kind, destroyable } = environment;
      if (!destroyable || (kind !== "stage" && kind !== "prod")) return [];
      const text = `"${name}" is of kind ${kind}, and nothing of that kind may be destroyed.`;
      return [
        problem("destroyable-forbidden", about.place(environment, "destroyable"), [text, "Remove `destroyable`."]),
      ];
    }),
};

/** A row destroys only where that is allowed. */
export const onlyDestroyableIsDestroyed: Check = {
  name: "only-destroyable-is-destroyed",
  find: (about) =>
    each(about.flow.when, (row) => {
      const environment = environmentOf(row, about);
      const steps = (about.written(row, "do") ?? []) as readonly Step[];
      const at = steps.findIndex((step) => step === "destroy" || step === "plan-destroy");
      if (at < 0 || environment === undefined || environment.destroyable) return [];
      const hint =
        environment.kind === "stage" || environment.kind === "prod"
          ? `Nothing of kind ${environment.kind} may be destroyed: remove the step.`
          : `Write \`destroyable: true\` in environments.${environment.name}, or remove the step.`;
      return [
        problem("destroy-forbidden", about.place(row, "do", at), [`"${environment.name}" is not destroyable.`, hint]),
      ];
    }),
};

/** An environment per pull request is one that nobody relies on, and each has a state of its own. */
export const everyInstanceIsItsOwn: Check = {
  name: "every-instance-is-its-own",
  find: (about) => each(about.flow.environments, (environment) => instanceProblems(environment, about)),
};

function instanceProblems(environment: Environment, about: CheckedFlow): readonly Diagnostic[] {
  const { name, kind, perPullRequest, destroyable } = environment;
  const found: Diagnostic[] = [];
  const say = (code: string, key: string | null, text: readonly [string, string]) =>
    found.push(problem(code, key === null ? about.placeOfKey(environment) : about.placeOfKey(environment, key), text));
  if (!perPullRequest) {
    if (about.written(environment, "ttl") !== undefined)
      say("key-without-effect", "ttl", [
        `"${name}" is there for all, and for good.`,
        "Remove `ttl`, or add `per: pull_request`.",
      ]);
    return found;
  }
  if (kind === "stage" || kind === "prod")
    say("per-forbidden", "per", [`"${name}" is of kind ${kind}, and there is one of these for all.`, "Remove `per`."]);
  if (environment.ttl === 0)
    say("ttl-zero", "ttl", ["It would be destroyed as soon as it stands.", "Write 4h, or leave it out."]);
  if (environment.heldByBranch)
    say("key-without-effect", "heldBy", [
      "Each pull request has its own, so nobody has to hold it.",
      "Remove `heldBy`.",
    ]);
  if (!destroyable && kind !== "stage" && kind !== "prod")
    say("instance-stays", null, [
      `There is a "${name}" for each pull request, and nothing may destroy them.`,
      "Add `destroyable: true`.",
    ]);
  return found;
}

/** What is applied for one pull request does not write the state of another one. */
export const everyInstanceHasAState: Check = {
  name: "every-instance-has-a-state",
  find(about) {
    const instances = about.flow.environments.filter(({ perPullRequest }) => perPullRequest);
    return each(about.flow.stacks, (stack) => {
      const environment = instances.find(({ name }) => stack.in.includes(name));
      const file = stack.backend.findIndex((text) => hasWord(text, "instance") && !text.includes("="));
      if (file >= 0)
        return [
          problem("instance-in-file", about.place(stack, "backend", file), [
            "A file of backend settings is in Git, and there is none for each pull request.",
            'Put {instance} into a setting: "key={stack}/{instance}terraform.tfstate".',
          ]),
        ];
      if (environment === undefined || tellsStatesApart(stack.backend, "instance")) return [];
      return [
        problem("instance-missing", about.place(stack, stack.backend.length === 0 ? "in" : "backend"), [
          `All pull requests would share one state in "${environment.name}": nothing tells them apart.`,
          'Put {instance} into `backend`: "key={stack}/{instance}terraform.tfstate".',
        ]),
      ];
    });
  },
};

/** Pull requests apply to what is theirs alone, and nothing else does. */
export const pullRequestsApplyToTheirOwn: Check = {
  name: "pull-requests-apply-to-their-own",
  find: (about) =>
    each(about.flow.when, (row) => {
      const environment = environmentOf(row, about);
      if (environment === undefined) return [];
      if (row.on !== "pull_request")
        return environment.perPullRequest
          ? [
              problem("row-makes-no-sense", about.place(row, "in"), [
                `There is a "${environment.name}" for each pull request, and this row is about none.`,
                "Write `on: pull_request`, or name another environment.",
              ]),
            ]
          : [];
      const steps = (about.written(row, "do") ?? []) as readonly Step[];
      const at = steps.findIndex((step) => step === "apply" || step === "destroy");
      if (at < 0 || environment.perPullRequest) return [];
      const text = `"${environment.name}" is there for all, and what is in a pull request may never be merged.`;
      return [
        problem("row-makes-no-sense", about.place(row, "do", at), [
          text,
          "Apply on merge or push, or make it `per: pull_request`.",
        ]),
      ];
    }),
};

/** A branch holds what people work on, never what they rely on. */
export const onlyWorkIsHeld: Check = {
  name: "only-work-is-held",
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { name, kind, heldByBranch } = environment;
      if (!heldByBranch || (kind !== "stage" && kind !== "prod")) return [];
      const text = `"${name}" is of kind ${kind}: no branch may keep the others out of it.`;
      return [problem("held-forbidden", about.place(environment, "heldBy"), [text, "Remove `heldBy`."])];
    }),
};
