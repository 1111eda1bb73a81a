import { describe, expect, it } from "vitest";
import { type BrokenPreset, saidOf, startsOf } from "./said-after.ts";

/** Each promise broken in a preset; that the presets keep it is tested where they are parsed. */
const cases: readonly BrokenPreset[] = [
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
    name: "each pull request has a state of its own",
    of: "trunk-stored-plan",
    edits: [["{instance}", ""]],
    said: ['instance-missing: All pull requests would share one state in "ephemeral": nothing tells them apart.'],
  },
  {
    name: "a state of its own is one in another place",
    of: "trunk-stored-plan",
    edits: [["key={stack}/{instance}terraform.tfstate", 'key={stack}/terraform.tfstate", "profile={instance}ci']],
    said: ['instance-missing: All pull requests would share one state in "ephemeral": nothing tells them apart.'],
  },
  {
    name: "the last setting of a name counts",
    of: "trunk-stored-plan",
    edits: [["/{instance}terraform.tfstate", '/{instance}terraform.tfstate", "key={stack}/terraform.tfstate']],
    said: ['instance-missing: All pull requests would share one state in "ephemeral": nothing tells them apart.'],
  },
  {
    name: "environments are told apart by where the state lies",
    of: "gitflow",
    edits: [['["environments/{environment}/backend.hcl", ', '["backend.hcl", "profile={environment}", ']],
    said: ['state-shared: dev, stage and prod would share the state of "stacks/{stack}": nothing tells them apart.'],
  },
  {
    name: "a bucket tells environments apart",
    of: "gitflow",
    edits: [['["environments/{environment}/backend.hcl", ', '["backend.hcl", "bucket=acme-{environment}", ']],
    said: [],
  },
  {
    name: "a freeze ends some day",
    of: "gitflow",
    edits: [
      [
        "    windows: always",
        "    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2099-12-19T00:00:00Z }]\n    windows: always",
      ],
    ],
    said: ['freeze-long (warning): For more than a year nothing is applied to "prod".'],
  },
  {
    name: "what comes first has a stack of what comes after it",
    of: "gitflow",
    edits: [
      ["    in: [dev, stage, prod]", "    in: [dev, prod]"],
      ["# The trigger matrix, row by row.", '  - { root: other, in: [stage], backend: ["other.hcl"] }\n'],
    ],
    said: ['key-without-effect: No stack is in "stage" and in "prod", so nothing comes first.'],
  },
  {
    name: "one stack is enough for something to come first",
    of: "gitflow",
    edits: [
      ["    in: [dev, stage, prod]", "    in: [dev, prod]"],
      ["# The trigger matrix, row by row.", '  - { root: stacks/app, in: [stage], backend: ["other.hcl"] }\n'],
    ],
    said: [],
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
    name: "an environment is in one account",
    of: "gitflow",
    edits: [
      [
        "windows: always",
        'identity: { aws: { role: "arn:aws:iam::123456789012:role/x", account: "210987654321" } }\n    windows: always',
      ],
    ],
    said: ["identity-twice: The account is another one than that of the role."],
  },
  {
    name: "an identity of Google is somebody too, whatever stands beside it",
    of: "gitflow",
    edits: [["windows: always", "identity: { aws: { profile: x }, gcp: {} }\n    windows: always"]],
    said: ["identity-empty: The identity names nobody."],
  },
  {
    name: "an environment that comes first is there for all",
    of: "trunk-stored-plan",
    edits: [["after: [test]", "after: [test, ephemeral]"]],
    said: ['after-instance: There is a "ephemeral" for each pull request, and it is destroyed with that.'],
  },
];

describe("checks of environments, instances and times", () => {
  it.each(cases)("$name", (broken) => {
    expect(saidOf(broken)).toEqual(startsOf(broken));
  });
});
