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

# "enforcing fmt/tflint/tfsec/init/plan": a job each in the workflow, and init is part of each plan. Another scanner runs as
# a workflow of your own: require its check on main, and no merge goes past it.
require:
  checks: [fmt, validate, tflint, tfsec]
`;
}

/** What is said of stacks in both documents. */
export function demoStacksHead(prod: string): string {
  return `# "Keep environment-specific state/backends (backend-test.hcl, backend-prod.hcl)": a stack is ${prod}/infra, with one state.
# "Avoid manually switching them": plangate takes the files of the environment that it plans for.
# "Use the verify_nat.sh script to capture proof": verify: ["scripts/verify_nat.sh"] in an entry, run after each apply.
# "All policy JSON lives under infra/policies/": \`plangate check\` names what lies elsewhere. What should be planned again
# when one changes, though no .tf file reads it, stands under depends: ["infra/policies/**"].
stacks:`;
}

/** What both documents ask of people, where no tool can tell whether they did. */
export const demoForPeople = `# For people to keep: "One PR = one change"; "Keep commits atomic and descriptive"; "Document manual steps in
# docs/local-development.md": \`plangate compile\` writes CI's commands there, and how all of it goes into
# docs/delivery.md; bootstrap.sh for the accounts.
# "Use tags or release branches only if you need to maintain multiple versions": nothing is tagged until \`releases\` says so.
`;
