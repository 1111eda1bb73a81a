/** Gates and rows of the two presets whose document tells of demonstrations: the same sentences stand in both. */
export function demoGates(): string {
  return `# "Approve the demo-*/teardown-* environments": somebody who neither wrote it nor started it.
gates:
  demo-test: { count: 1, by: owners, notBy: [writers, triggerer] }
  teardown-test: { count: 1, by: owners, notBy: [writers, triggerer] }
`;
}

export function demoRows(test: string, prod: string): string {
  return `when:
  # "The Prepare for Demo workflow runs on every PR/push, enforcing fmt/tflint/tfsec/init/plan and uploading the plan
  # artifact for review."
  - { on: [pull_request, push], workflow: Prepare for Demo, in: ${test}, do: [check, plan, artifact] }
  # "When triggered manually (workflow_dispatch), that same workflow exposes Demo (apply)/Demo (destroy) jobs":
  # "init -> plan -> apply -> verify -> optional destroy".
  - on: dispatch
    workflow: Prepare for Demo
    job: Demo (apply)
    in: ${test}
    do: [plan, gate, apply, verify]
    gate: demo-test
    thenOffer: Demo (destroy)
  - { on: dispatch, workflow: Prepare for Demo, job: Demo (destroy), in: ${test}, do: [plan-destroy, gate, destroy], gate: teardown-test }
  # "Once the PR is merged, promotion to production is "terraform apply" from main": planned anew, asked, applied.
  - { on: merge, into: main, in: ${prod}, do: [plan, gate, apply, verify] }

# "enforcing fmt/tflint/tfsec/init/plan": a merge waits for these.
require:
  checks: [fmt, validate]
`;
}
