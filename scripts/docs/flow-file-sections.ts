import type { Step } from "../../src/flow/index.ts";

/** A part of the reference: the keys of the file's top that it tells, what no key's own words say, and an example. */
export interface Section {
  readonly keys: readonly string[];
  readonly says: readonly string[];
  /** The examples of all sections, one behind the other, are one flow file. */
  readonly example: string;
  /** Another example, which stands in that one's place where a file cannot have both. */
  readonly instead?: string;
}

/** What each step of a row does. */
export const stepMeanings: Readonly<Record<Step, string>> = {
  check: "makes the static checks of `require`, and says what is wrong with how the change came",
  plan: "plans each stack of the environment that the change alters, and stores the plan",
  "plan-destroy": "plans the removal of everything in a stack",
  comment: "shows the plan in the pull request",
  artifact:
    "shows the plan as `comment` does, and keeps all of it, as text and as JSON without what is sensitive, as an artifact of the run that shows it",
  gate: "waits until the people of the environment's `approvals` and of the row's `gate` have said yes; stands there by itself when either is asked",
  apply: "applies the plan: the one made in this row, else the one that is stored",
  verify: "proves the apply: a plan that is empty, and the stack's own commands; follows every apply by itself",
  destroy:
    "carries out the plan to destroy. In a row for pull requests: once the rest is done, and whatever came of it",
  release: "tags the next version",
  drift: "compares real objects with what was applied",
};

export const sections: readonly Section[] = [
  {
    keys: ["version", "host", "assurance", "tool", "toolVersion", "identity", "sweep"],
    says: [
      "`assurance: solo` is for one person: a gate may let writers approve, with `because`. `regulated` takes no `because`, no `emergency`, no repair of drift by itself, and two approvals at least in production.",
      "On GitHub Actions a sweep finds what no event tells: that a freeze or a window ended, that a machine died, that an ephemeral environment is past its time, a comment on a commit. It is one job of under a minute, which GitHub counts as one: 2,880 minutes a month at `15m`, 720 at `1h`, in private repositories. In a public repository where nothing happened for 60 days GitHub switches schedules off.",
    ],
    example: `
# yaml-language-server: $schema=./schema/plangate.schema.json
version: 1
host: actions
assurance: team
tool: terraform
toolVersion: 1.11.4
identity: token
sweep: 30m`,
  },
  {
    keys: ["repository"],
    says: ["`init` writes it where the remote tells."],
    example: `
repository: { owner: acme, name: live, ownerId: 5012, id: 70431, app: acme-plangate }`,
  },
  {
    keys: ["teams"],
    says: ["Each key is the name of a team. A bot is no person: it can be in no team."],
    example: `
teams:
  owners: [ann, bob, carl]
  devops: acme/devops-engineers`,
  },
  {
    keys: ["branches"],
    says: [
      "Each key is the name of a class of branches. A class that accepts or reviews is *protected*: what stands there was looked at. A push past that is flagged, and reaches no environment until somebody who could have reviewed it and wrote none of it comments `/plangate accept <commit>`. Only protected branches, and releases of them, reach environments of kind stage and prod.",
      "`{ticket}` in `match` is one ticket, `NET-12` or `12`, with or without words behind: `NET-12-resize-the-nat`. A branch of no class goes nowhere.",
      "A class that is named under another's `backMerge` accepts that one as well. A back-merge is merged with a merge commit, whatever `merge` says.",
    ],
    example: `
branches:
  feature: { match: "feature/{ticket}", cutFrom: develop, maxAge: 7d, issue: required, ticket: required }
  dev: { match: ["dev/**"], except: ["dev/old/**"], cutFrom: develop, directPush: free }
  hotfix: { match: "hotfix/{ticket}", cutFrom: main }
  develop:
    accepts: [feature, dev]
    merge: [squash, rebase]
    linear: true
    directPush: { lines: 50, files: 5 }           # or: never, free
    reviews: { count: 1 }
  main:
    accepts: [develop, hotfix]
    merge: merge
    reviews: { count: 1, by: owners, codeOwners: true }
    backMerge: [develop]`,
  },
  {
    keys: ["gates"],
    says: [
      "Each key is the name of a gate, which rows of `when` ask with `gate: NAME`. No gate is called as an environment is: an environment's `approvals` are a gate of its name.",
      "*Writers* are the authors, co-authors, committers and pushers of every commit that the apply would bring and that touches an input of the stack, and who opened the pull requests that brought them. The *triggerer* is who dispatched, released, or ran again.",
    ],
    example: `
gates:
  demo: { count: 1, by: owners, notBy: [writers, triggerer] }
  teardown: { count: 1, by: owners, notBy: [writers], because: who starts a teardown may also approve it }`,
  },
  {
    keys: ["environments"],
    says: [
      "Each key is the name of an environment. It is *gated* when it has `approvals`, when a row that applies to it has a gate, or when it is of kind stage or prod: no local command applies to it then.",
      "An environment of kind ephemeral, or with `per: pull_request`, is there once for each open pull request, called `preview-12/app`, with a state of its own: every stack in it has `{instance}` in its `backend`. It is destroyable, and goes when the pull request ends or after `ttl`.",
      "A window is days and hours on the clock of a zone: `Mon-Fri 08:00-16:00 Europe/Berlin`, `Sat,Sun 00:00-24:00 UTC`. An apply that is due outside waits as `outside-window`, and goes on by itself when the next one opens. Times of freezes carry a zone.",
      "Stage and prod are never `destroyable`, and never held by a branch.",
    ],
    example: `
environments:
  preview: { kind: ephemeral, per: pull_request, appliesFrom: [feature], ttl: 4h, destroyable: true }
  dev: { kind: dev, appliesFrom: [dev], heldBy: branch, identity: { aws: { profile: dev } } }
  test:
    kind: test
    appliesFrom: [feature, develop]
    destroyable: true
    identity: { gcp: { serviceAccount: test@acme.iam.gserviceaccount.com, project: acme-delivery } }
  stage: { kind: stage, appliesFrom: [develop], approvals: { count: 1, by: owners } }   # develop takes pushes
  prod:
    kind: prod
    appliesFrom: [main, release]
    approvals: { count: 1, by: devops, notBy: [writers], because: who makes a release may also approve it }
    after: [stage]
    windows: ["Mon-Thu 08:00-16:00 Europe/Berlin"]
    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2027-01-06T00:00:00Z, because: holidays }]
    emergency: { label: urgent, waives: [windows], review: 48h }
    expect: { az_count: 3 }
    runtimeOwned: [{ address: "aws_route.private[*]", path: network_interface_id }]
    identity: { aws: { role: "arn:aws:iam::123456789012:role/prod", account: "123456789012" } }
    variables: [DATADOG_API_KEY]`,
  },
  {
    keys: ["stacks"],
    says: [
      "One root module in one environment is a stack, with one state: `prod/network`. No two stacks have one state.",
      "`{stack}`, `{environment}` and `{instance}` are filled in. `{instance}` is `12/` for pull request 12 and nothing elsewhere.",
    ],
    example: `
stacks:
  - root: "stacks/{stack}"
    in: [preview, dev, stage, prod]
    backend: ["environments/{environment}/backend.hcl", "key={stack}/{instance}terraform.tfstate"]
    vars: ["environments/{environment}/{stack}.tfvars"]
    verify: ["curl --fail https://{stack}.{environment}.example.com/health"]
    depends: ["policies/**"]
  - { root: infra, name: base, in: [test], backend: ["key=base.tfstate"] }`,
  },
  {
    keys: ["releases"],
    says: [
      "The first version is 1.0.0. After that the project's middle number counts up, unless whoever dispatches the release says `version: major`, `patch` or which. A module's number follows from its variables and outputs: major when a call that worked may no longer, minor when there is something new, else patch. A tag that was moved is not delivered. The text of a release tells what came to the branch since the version before it, with its pull requests; of a module what touched its folder.",
    ],
    example: `
releases:
  - { id: release, of: project, tag: "v{version}", from: main, on: dispatch }
  - { id: module, of: "modules/{module}", tag: "{module}-v{version}", from: main, on: merge }`,
  },
  {
    keys: ["when"],
    says: [
      "One row is one line of the trigger matrix. A row names its environment with `in`, unless it only checks or releases. Rows that apply nothing may leave `into` and `to` out, but for merges: any branch of a class is meant then. No two rows answer one event in one environment.",
      "A row with `plan` before `apply` plans at its event; one without applies the plan that was stored before. Steps are written in the order in which they are done:",
    ],
    example: `
when:
  - { on: [pull_request, push], workflow: Prepare for Demo, in: test, do: [check, plan, artifact] }
  - { on: pull_request, into: develop, in: preview, do: [check, plan, apply, verify, destroy] }
  - { on: pull_request, into: develop, in: stage, do: [check, plan, comment] }
  - { on: merge, into: develop, in: stage, do: [apply, verify] }
  - { on: merge, into: main, in: prod, do: [plan] }
  - { on: push, to: dev, in: dev, do: [check, plan, apply] }
  - { on: dispatch, job: Demo (apply), in: test, do: [plan, gate, apply, verify], gate: demo, thenOffer: Demo (destroy) }
  - { on: dispatch, job: Demo (destroy), in: test, do: [plan-destroy, gate, destroy], gate: teardown }
  - { on: dispatch, job: Release, do: [release], needs: [stage applied, prod planned] }
  - { on: release, ref: release, in: prod, do: [gate, apply, verify] }
  - { on: schedule, cron: "0 1 * * *", in: prod, do: [drift], drift: detect }`,
  },
  {
    keys: ["apply"],
    says: [
      "The exact plan is applied as long as nothing it was made from moved. When an input of the stack, its backend, its state's lineage or the tool moved, no approval carries over, whatever is written here.",
    ],
    example: `
apply:
  plan: stored
  ifStateMoved: same-meaning
  maxAge: 14d`,
  },
  {
    keys: ["bundles"],
    says: [
      "An artifact of a workflow run is deleted after 90 days, or 400 at most; in a bucket a stored plan lasts as long as the bucket keeps it. What is kept is closed and signed, so a bucket can lose a plan and never give another one: it is created once, and one that is missing or altered is refused. The jobs that decide and present write there as an identity of their own, the apply identities read, and no job that plans reaches it.",
    ],
    example: `
bundles:
  s3: { bucket: acme-plans, region: eu-central-1, prefix: delivery/, account: "123456789012" }`,
    instead: `
bundles:
  gcs: { bucket: acme-plans, prefix: delivery/, project: acme-delivery }`,
  },
  {
    keys: ["allow"],
    says: ["What is not allowed is refused before anything is started."],
    example: `
allow:
  providers: [hashicorp/*]
  provisioners: []
  externalData: false`,
  },
  {
    keys: ["require"],
    says: [
      "A section is a heading of the pull request's text, `## Why` or `why:`, with words below or behind it that are not the template's comments. Deletions in a plan that a pull request showed are acknowledged with `/plangate acknowledge` by somebody who may merge, after they were shown; a plan made later is looked at by who opens its gate.",
    ],
    example: `
require:
  pull_request: { sections: [why, rollback], deletions: acknowledged }
  checks: [fmt, validate]`,
  },
];
