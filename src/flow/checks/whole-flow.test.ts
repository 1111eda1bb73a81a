import { describe, expect, it } from "vitest";
import { type PresetName, renderPreset } from "../presets.ts";
import { type Edit, saidAfter } from "./said-after.ts";

/** Each promise of the checks over the whole flow, once broken in a preset; kept by the preset itself. */
const cases: readonly {
  readonly name: string;
  readonly of: PresetName;
  readonly edits: readonly Edit[];
  /** Codes with what they are about, as `code: start of the sentence`. */
  readonly said: readonly string[];
}[] = [
  {
    name: "a gate that a row names is there",
    of: "trunk-demo",
    edits: [["    gate: demo-test", "    gate: demo-tset"]],
    said: ['unknown-gate: There is no gate "demo-tset".'],
  },
  {
    name: "a gate is named by a row",
    of: "trunk-demo",
    edits: [
      ["    gate: demo-test\n", ""],
      ["do: [plan, gate, apply, verify]\n", "do: [plan, apply, verify]\n"],
    ],
    said: ['gate-unused: Nothing ever asks the gate "demo-test".'],
  },
  {
    name: "a gate has a name of its own",
    of: "trunk-demo",
    edits: [
      ["  demo-test: {", "  test: {"],
      ["    gate: demo-test", "    gate: test"],
    ],
    said: ['name-twice: "test" is a gate and an environment, whose own gate is called so.'],
  },
  {
    name: "a gate asks for no more people than there are",
    of: "trunk-demo",
    edits: [["demo-test: { count: 1", "demo-test: { count: 3"]],
    said: ['gate-cannot-open: The gate "demo-test" asks for 3 people, and there are only ann and bob.'],
  },
  {
    name: "a gate that lets the triggerer approve says why",
    of: "trunk-demo",
    edits: [
      ["demo-test: { count: 1, by: owners, notBy: [writers, triggerer]", "demo-test: { by: owners, notBy: [writers]"],
    ],
    said: ['exception-without-reason: The gate "demo-test" lets the triggerer approve.'],
  },
  {
    name: "a gate guards something that is done",
    of: "trunk-stored-plan",
    edits: [
      ["environments:\n", "gates: { extra: { by: owners } }\nenvironments:\n"],
      ["in: prod, do: [plan] }", "in: prod, do: [plan], gate: extra }"],
    ],
    said: ["key-without-effect: The row applies and destroys nothing, so nobody is asked."],
  },
  {
    name: "a job that is offered is there",
    of: "trunk-demo",
    edits: [["thenOffer: Demo (destroy)", "thenOffer: Demo (destory)"]],
    said: ['unknown-job: There is no job "Demo (destory)".'],
  },
  {
    name: "a job is not offered after itself",
    of: "trunk-demo",
    edits: [["thenOffer: Demo (destroy)", "thenOffer: Demo (apply)"]],
    said: ['job-offers-itself: "Demo (apply)" would be offered after itself.'],
  },
  {
    name: "only what is destroyable is destroyed",
    of: "trunk-demo",
    edits: [[", destroyable: true", ""]],
    said: ['destroy-forbidden: "test" is not destroyable.'],
  },
  {
    name: "production is never destroyed",
    of: "trunk-demo",
    edits: [["job: Demo (destroy), in: test", "job: Demo (destroy), in: prod"]],
    said: ['destroy-forbidden: "prod" is not destroyable.'],
  },
  {
    name: "a plan to destroy is carried out",
    of: "trunk-demo",
    edits: [["[plan-destroy, gate, destroy], gate: teardown-test", "[plan-destroy], gate: teardown-test"]],
    said: ["row-makes-no-sense: A plan to destroy is made to be carried out."],
  },
  {
    name: "what a pull request applies is its own",
    of: "gitflow",
    edits: [["in: stage, do: [check, plan, comment]", "in: stage, do: [check, plan, apply]"]],
    said: ['row-makes-no-sense: "stage" is there for all, and what is in a pull request may never be merged.'],
  },
  {
    name: "what belongs to a pull request is applied by nothing else",
    of: "trunk-stored-plan",
    edits: [["when:\n", "when:\n  - { on: merge, into: main, in: ephemeral, do: [plan] }\n"]],
    said: ['row-makes-no-sense: There is a "ephemeral" for each pull request, and this row is about none.'],
  },
  {
    name: "an environment per pull request can be applied",
    of: "trunk-stored-plan",
    edits: [["appliesFrom: [work], ttl", "appliesFrom: [main], ttl"]],
    said: ['row-never-fires: This never happens: "main" accepts work, and "ephemeral" is applied from main only.'],
  },
  {
    name: "an environment per pull request has a row that applies",
    of: "trunk-stored-plan",
    edits: [["in: ephemeral, do: [check, plan, apply, verify, destroy]", "in: ephemeral, do: [check, plan]"]],
    said: [
      'environment-unreachable: Nothing is ever applied to "ephemeral": no row does it, and it belongs to a pull request.',
    ],
  },
  {
    name: "an environment per pull request may be destroyed",
    of: "trunk-stored-plan",
    edits: [[", destroyable: true", ""]],
    said: [
      'instance-stays: There is a "ephemeral" for each pull request, and nothing may destroy them.',
      'destroy-forbidden: "ephemeral" is not destroyable.',
    ],
  },
  {
    name: "each pull request has a state of its own",
    of: "trunk-stored-plan",
    edits: [["{instance}", ""]],
    said: ['instance-missing: All pull requests would share one state in "ephemeral": nothing tells them apart.'],
  },
  {
    name: "a file of settings is not there for each pull request",
    of: "trunk-stored-plan",
    edits: [["environments/{environment}/backend.hcl", "{environment}-{instance}.hcl"]],
    said: ["instance-in-file: A file of backend settings is in Git, and there is none for each pull request."],
  },
  {
    name: "an environment does not bear the name of a pull request's",
    of: "trunk-stored-plan",
    edits: [
      ["  test: { kind: test", "  ephemeral-12: { kind: test"],
      ["in: [ephemeral, test, prod]", "in: [ephemeral, ephemeral-12, prod]"],
      ["after: [test]", "after: [ephemeral-12]"],
      ["in: test, do: [check", "in: ephemeral-12, do: [check"],
      ["in: test, do: [gate", "in: ephemeral-12, do: [gate"],
      ["test applied", "ephemeral-12 applied"],
    ],
    said: ['name-twice: "ephemeral-12" is what one pull request has of "ephemeral".'],
  },
  {
    name: "stage and prod are there once",
    of: "gitflow",
    edits: [["{ kind: stage, appliesFrom: [develop] }", "{ kind: stage, appliesFrom: [develop], per: pull_request }"]],
    said: [
      'per-forbidden: "stage" is of kind stage, and there is one of these for all.',
      'instance-missing: All pull requests would share one state in "stage": nothing tells them apart.',
      'row-makes-no-sense: There is a "stage" for each pull request, and this row is about none.',
      'after-instance: There is a "stage" for each pull request, and it is destroyed with that.',
      'row-never-fires: This never happens: "develop" accepts dev and main, and "stage" is applied from develop only.',
    ],
  },
  {
    name: "a time to live belongs to what a pull request has",
    of: "gitflow",
    edits: [["appliesFrom: [dev], heldBy: branch", "appliesFrom: [dev], ttl: 4h"]],
    said: ['key-without-effect: "dev" is there for all, and for good.'],
  },
  {
    name: "a time to live is a while",
    of: "trunk-stored-plan",
    edits: [["ttl: 4h", "ttl: 0h"]],
    said: ["ttl-zero: It would be destroyed as soon as it stands."],
  },
  {
    name: "nobody holds what each pull request has",
    of: "trunk-stored-plan",
    edits: [["ttl: 4h", "heldBy: branch"]],
    said: ["key-without-effect: Each pull request has its own, so nobody has to hold it."],
  },
  {
    name: "no branch holds stage",
    of: "gitflow",
    edits: [["{ kind: stage, appliesFrom: [develop] }", "{ kind: stage, appliesFrom: [develop], heldBy: branch }"]],
    said: ['held-forbidden: "stage" is of kind stage: no branch may keep the others out of it.'],
  },
  {
    name: "a window is one",
    of: "gitflow",
    edits: [
      [
        "windows: always",
        'windows: ["Mon-Thu 08:00-16:00 Europe/Berlin", "Mon 08:00-16:00", "Mon 8-16 UTC", "Mo 08:00-16:00 UTC", "Mon 08:00-16:00 Mars/Base"]',
      ],
    ],
    said: [
      'bad-window: "Mon 08:00-16:00" is not days, times and a time zone.',
      'bad-window: "8-16" is not from when to when.',
      'bad-window: "Mo" names no days; they are Mon, Tue, Wed, Thu, Fri, Sat, Sun.',
      'bad-window: "Mars/Base" is no time zone that is known here.',
    ],
  },
  {
    name: "a freeze ends after it begins, and says in which zone",
    of: "gitflow",
    edits: [
      [
        "    windows: always",
        "    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2026-12-19T00:00:00Z }, { from: 2026-12-20, to: 2026-12-24T00:00:00Z }]\n    windows: always",
      ],
    ],
    said: ['bad-value: "2026-12-20" is not a time;'],
  },
  {
    name: "a freeze ends after it begins",
    of: "gitflow",
    edits: [
      [
        "    windows: always",
        "    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2026-12-20T00:00:00Z }]\n    windows: always",
      ],
    ],
    said: ["freeze-empty: The freeze ends before it begins."],
  },
  {
    name: "an emergency has somebody who may say that it is one",
    of: "gitflow",
    edits: [
      ["    approvals: { count: 1, by: devops }  ", "    # nobody"],
      ["merge: merge, reviews: { count: 1, by: devops }", "merge: merge, reviews: { by: devops }"],
    ],
    said: ['emergency-without-gate: Nobody may say that it is one: "prod" has no `approvals`.'],
  },
  {
    name: "a schedule is one",
    of: "gitflow",
    edits: [["0 1 * * *", "0 25 * * *"]],
    said: ['bad-cron: "25" is no hour; it is a number from 0 to 23, a range, a list, or *.'],
  },
  {
    name: "drift is put right past a gate only",
    of: "gitflow",
    edits: [["in: prod, do: [drift], drift: detect", "in: stage, do: [drift], drift: apply"]],
    said: ['drift-without-gate: What somebody changed in "stage" by hand would be undone at night, and nobody asked.'],
  },
  {
    name: "a regulated flow has no emergency and puts no drift right by itself",
    of: "gitflow",
    edits: [
      ["assurance: team ", "assurance: regulated "],
      ["[ann, bob]", "[ann, bob, eve]"],
      ["drift: detect", "drift: apply"],
    ],
    said: [
      'gate-too-small: `assurance: regulated` asks for two people before production changes, and "prod" asks for one.',
      "exception-forbidden: `assurance: regulated` takes no exceptions, and an emergency is one.",
      "exception-forbidden: `assurance: regulated` has nothing applied that nobody asked for.",
    ],
  },
  {
    name: "a push that applies says to which branches",
    of: "gitflow",
    edits: [["on: push, to: dev, in", "on: push, in"]],
    said: ['missing-key: The key "to" is missing in row 1 of when.'],
  },
  {
    name: "a push that applies plans first",
    of: "gitflow",
    edits: [["in: dev, do: [check, plan, apply]", "in: dev, do: [check, apply]"]],
    said: ["row-makes-no-sense: What is pushed has no plan yet."],
  },
  {
    name: "a push is to a branch that people may push to",
    of: "gitflow",
    edits: [["on: push, to: dev, in: dev", "on: push, to: develop, in: stage"]],
    said: ['row-never-fires: This never happens: nobody may push to "develop".'],
  },
  {
    name: "a row for any branch answers the events of the others, too",
    of: "trunk-demo",
    edits: [["- { on: merge", "- { on: push, to: feature, in: test, do: [check, plan] }\n  - { on: merge"]],
    said: ["rows-disagree: This row and the one in line 45 answer the same event in the same environment."],
  },
  {
    name: "a branch that is reviewed is not pushed to freely",
    of: "gitflow",
    edits: [["merge: merge, reviews", "merge: merge, directPush: free, reviews"]],
    said: ['ref-unprotected: "prod" is applied from "main", and anybody may push there past its reviews.'],
  },
  {
    name: "a branch starts from one branch",
    of: "gitflow",
    edits: [["develop: { accepts: [dev]", "develop: { cutFrom: dev, accepts: [dev]"]],
    said: ['cut-from-many: "dev" is many branches; nobody could say from which of them "develop" starts.'],
  },
  {
    name: "a back-merge goes into one branch",
    of: "gitflow",
    edits: [["backMerge: [develop]", "backMerge: [develop, dev, main]"]],
    said: [
      'back-merge-many: "dev" is many branches; a back-merge goes from one branch into one.',
      'back-merge-itself: "main" would be merged into itself.',
    ],
  },
  {
    name: "what a hotfix brings goes back",
    of: "integration-branch",
    edits: [["    backMerge: [development]\n", ""]],
    said: [
      'back-merge-missing (warning): What hotfix and cherry-pick brings to "main" never reaches development, and the next promotion may undo it.',
    ],
  },
  {
    name: "a promotion keeps its commits",
    of: "gitflow",
    edits: [["merge: merge, reviews", "merge: squash, reviews"]],
    said: [
      'promotion-rewritten (warning): A promotion from develop to "main" by squash makes other commits of it, so the two part and the next one may conflict.',
    ],
  },
  {
    name: "a ticket is asked for in one way",
    of: "trunk-demo",
    edits: [['cutFrom: main, maxAge: 7d }\n  # "Handle', 'cutFrom: main, ticket: optional, maxAge: 7d }\n  # "Handle']],
    said: ["key-without-effect: `match` asks for a ticket already."],
  },
  {
    name: "an age belongs to branches that open pull requests",
    of: "trunk-stored-plan",
    edits: [["main: { accepts: [work],", "main: { accepts: [work], maxAge: 7d,"]],
    said: ['key-without-effect: It has no pull requests: no branch accepts "main".'],
  },
  {
    name: "a module's folder and tag name the module",
    of: "trunk-stored-plan",
    edits: [['of: "modules/{module}", tag: "{module}-v{version}"', 'of: "modules", tag: "m-v{version}"']],
    said: [
      'bad-module-folder: "modules" has to hold {module}, once.',
      'bad-tag: "m-v{version}" has to hold {module}, once.',
    ],
  },
  {
    name: "a tag tells which release it is",
    of: "trunk-stored-plan",
    edits: [
      [
        '  # "merge -->',
        '  - { id: part, of: "parts/{module}", tag: "{module}-v{version}", from: main, on: merge }\n  # "merge -->',
      ],
    ],
    said: ['tag-of-two: A tag a-v1.0.0 would be "part" and "module".'],
  },
  {
    name: "the project has one version, released by somebody",
    of: "trunk-stored-plan",
    edits: [['  # "merge -->', '  - { id: again, tag: "r{version}", from: main, on: merge }\n  # "merge -->']],
    said: [
      'project-twice: The repository has one version, and "release" is it already.',
      "project-on-merge: The whole repository is released when somebody says so; only modules are by themselves.",
    ],
  },
  {
    name: "nothing is applied from the version of a module",
    of: "trunk-stored-plan",
    edits: [["appliesFrom: [release]", "appliesFrom: [release, module]"]],
    said: ['module-delivered: "module" is the version of a module, and nothing is applied from that.'],
  },
  {
    name: "a row for releases delivers one",
    of: "trunk-stored-plan",
    edits: [["on: dispatch, job: Deploy, ref: release, in: prod", "on: release, ref: main, in: prod"]],
    said: ['unknown-release: There is no release "main".'],
  },
  {
    name: "an identity is one",
    of: "gitflow",
    edits: [
      [
        "windows: always",
        'identity: { aws: { profile: x, role: "arn:aws:iam::123456789012:role/x" } }\n    windows: always',
      ],
    ],
    said: ["identity-twice: A profile and a role are two identities."],
  },
  {
    name: "an identity is somebody",
    of: "gitflow",
    edits: [["windows: always", "identity: { aws: {} }\n    windows: always"]],
    said: ["identity-empty: The identity names nobody."],
  },
  {
    name: "a required check is made",
    of: "trunk-stored-plan",
    edits: [
      ["do: [check, plan, apply, verify, destroy]", "do: [plan, apply, verify, destroy]"],
      ["do: [check, plan, comment]", "do: [plan, comment]"],
    ],
    said: [
      'key-without-effect: Nothing ever makes the check "fmt".',
      'key-without-effect: Nothing ever makes the check "validate".',
    ],
  },
  {
    name: "an environment that comes first is there for all",
    of: "trunk-stored-plan",
    edits: [["after: [test]", "after: [test, ephemeral]"]],
    said: ['after-instance: There is a "ephemeral" for each pull request, and it is destroyed with that.'],
  },
];

describe("checks over the whole flow", () => {
  it.each(cases)("$name", ({ of, edits, said }) => {
    const found = saidAfter(renderPreset(of), edits).map((text) => text.replace(/^\d+:\d+ /, ""));
    expect(found.toSorted()).toEqual(
      said.map((start) => found.find((text) => text.startsWith(start)) ?? start).toSorted(),
    );
  });
});
