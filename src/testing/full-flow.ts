/** A flow file that says everything that a flow file can say at least once. */
export const fullFlow = `version: 1
host: server
assurance: team
tool: opentofu
toolVersion: 1.12.6
sweep: 1h
identity: app
repository: { owner: acme, name: delivery, ownerId: 4711, id: 815000, app: acme-plangate }
teams:
  owners: [ann, bob, cem]
  devops: acme/devops
branches:
  dev: { match: ["dev/**", "feature/{ticket}"], except: [dev/old], cutFrom: develop, issue: required, maxAge: 7d }
  hotfix: { match: "hotfix/*", cutFrom: main, ticket: required }
  develop: { accepts: [dev], merge: squash, linear: true, directPush: { lines: 50, files: 5 }, reviews: { count: 1 } }
  main: { accepts: [develop, hotfix], merge: [squash, rebase], reviews: { count: 2, by: owners, codeOwners: true }, backMerge: [develop] }
gates:
  try: { count: 1, by: owners, notBy: [writers, triggerer] }
  tear-down: { count: 1, by: [ann, bob] }
environments:
  ephemeral: { kind: ephemeral, appliesFrom: [dev], ttl: 4h, destroyable: true }
  dev: { kind: dev, appliesFrom: [dev, develop], heldBy: branch, destroyable: true, variables: [REGION], identity: { aws: { profile: dev } } }
  stage: { kind: stage, appliesFrom: [main], approvals: { count: 1, by: devops, notBy: [], because: "there is one of us" }, identity: { gcp: { serviceAccount: stage@acme, project: acme-stage } } }
  prod:
    kind: prod
    appliesFrom: [release]
    approvals: { count: 2, by: [ann, bob, cem] }
    after: [stage]
    windows: ["Mon-Thu 08:00-16:00 Europe/Berlin", "Sat,Sun 22:00-04:00 UTC"]
    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2027-01-02T00:00:00Z, because: end of the year }]
    emergency: { label: urgent, waives: [windows], review: 48h }
    expect: { az_count: 3, region: eu }
    runtimeOwned: [{ address: "aws_route.private[*]", path: network_interface_id }]
    identity: { aws: { role: "arn:aws:iam::123456789012:role/prod", account: "123456789012" } }
stacks:
  - { root: "stacks/{stack}", in: [ephemeral, dev, stage, prod], backend: ["{environment}.hcl", "key={stack}/{instance}"], vars: ["{environment}.tfvars"], depends: ["policies/**"], verify: ["./smoke.sh {environment}"] }
  - { root: "base/{environment}", name: ground, in: [dev] }
releases:
  - { id: release, of: project, tag: "v{version}", from: main }
  - { id: module, of: "modules/{module}", tag: "{module}-v{version}", from: main, on: merge }
when:
  - { on: push, workflow: Look, in: dev, do: [check, plan, artifact] }
  - { on: pull_request, into: main, in: stage, do: [check, plan, comment] }
  - { on: pull_request, into: develop, in: ephemeral, do: [check, plan, apply, verify, destroy] }
  - { on: merge, into: main, in: stage, do: [apply] }
  - { on: merge, into: main, in: prod, do: [plan] }
  - { on: dispatch, job: Try, ref: dev, in: dev, do: [plan, gate, apply], gate: try, thenOffer: Take down }
  - { on: dispatch, job: Take down, ref: dev, in: dev, do: [plan-destroy, gate, destroy], gate: tear-down }
  - { on: dispatch, job: Release, do: [release], needs: [stage applied, prod planned] }
  - { on: release, ref: release, in: prod, do: [gate, apply] }
  - { on: schedule, cron: "0 1 * * *", in: prod, do: [drift], drift: propose }
require:
  pull_request: { sections: [why, rollback], deletions: acknowledged }
  checks: [fmt, validate]
apply: { ifStateMoved: ask-again, maxAge: 3d }
bundles: { s3: { bucket: acme-plans, region: eu-central-1, prefix: delivery/, account: "123456789012" } }
allow: { providers: [hashicorp/aws], provisioners: [local-exec], externalData: true }
`;
