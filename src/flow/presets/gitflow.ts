import { allowText, headOf, matchOf, namer, type Preset, type PresetValues, rootPerStack } from "./preset.ts";

/**
 * The preset `gitflow`: dev branches to dev on push, develop to stage, main to prod, each with the plan that its pull
 * request showed. Each comment quotes the sentence of the process description that its block carries out.
 */
export const gitflow: Preset = {
  title:
    "dev branches to dev on push, develop to stage, main to prod; the plan stored in the pull request; daily drift",
  team: "devops",
  integration: "develop",
  environments: ["dev", "stage", "prod"],
  stacks: rootPerStack(["dev", "stage", "prod"]),
  render,
};

function render(values: PresetValues): string {
  const { people, branches, environments, stacks } = values;
  const [dev, stage, prod] = ["dev", "stage", "prod"].map(namer(environments)) as [string, string, string];
  return `${headOf(values, "dev branches to dev, develop to stage, main to production.")}
# "Opened by: DevOps Engineer 1", "Reviewed by: DevOps Engineer 2 (different person)". A team works too: organisation/team.
teams:
  devops: ${people.text}${people.comment}

branches:
  # "Use descriptive names: dev/add-logging"; "Include ticket number if applicable: dev/JIRA-123-update-vpc".
  dev: { match: "${branches.work}", cutFrom: develop, ticket: optional, maxAge: 14d, directPush: free }
  # "No direct push to main or develop": both accept and review, so they are protected. "Resource changes, Security
  # implications, Cost impact, Naming conventions": the plan in the comment shows the first; reviewers judge the others.
  develop: { ${matchOf(branches.integration, "develop")}accepts: [dev], merge: squash, reviews: { count: 1 } }
  # What reaches main otherwise than from develop goes back there, so that the two stay one history.
  main: { ${matchOf(branches.trunk, "main")}accepts: [develop], merge: merge, reviews: { count: 1, by: devops }, backMerge: [develop] }

environments:
  # "Service accounts are environment-specific", "no key files stored": name them under each environment for local
  # commands, identity: { gcp: { serviceAccount: dev@acme.iam.gserviceaccount.com } }; \`plangate check\` refuses key files.
  # "Validate changes work in cloud environment". The first branch to apply a stack here holds it until it is merged,
  # deleted, or somebody takes the stack over: /plangate take ${dev}/app. "Run terraform apply locally for testing":
  # \`plangate plan ${dev}/app\`, and the \`plangate apply\` that it prints.
  ${dev}: { kind: dev, appliesFrom: [dev], heldBy: branch }
  # "Test changes in production-like environment."
  ${stage}: { kind: stage, appliesFrom: [develop] }
  ${prod}:
    kind: prod
    appliesFrom: [main]
    approvals: { count: 1, by: devops }     # "Two-person rule for production": never one who wrote it
    after: [${stage}]                          # "All stage testing completed"
    windows: always                         # "Change window compliance": or ["Mon-Thu 08:00-16:00 Europe/Berlin"], with \`freezes\`
    # "Fast-track PR to develop with urgent label", "Deploy to PROD after second approval": the label waives windows only.
    emergency: { label: urgent, waives: [windows], review: 48h }
    # "Business approval (if needed)": a team and a gate of their own, named in the row that applies here: gate: business.

# "Environment Isolation - Each environment has separate state files": a stack is ${prod}/network, with one state.
# "State: encrypted, versioned, access logged" is set on the bucket; \`plangate check\` warns of state on a machine's disk.
stacks:
${stacks}

# The trigger matrix, row by row.
when:
  # push | Branch: dev/* | DEV | Plan & Apply
  - { on: push, to: dev, in: ${dev}, do: [check, plan, apply] }
  # pull_request | Target: develop | STAGE | Plan Only (Comment)
  - { on: pull_request, into: develop, in: ${stage}, do: [check, plan, comment] }
  # pull_request | Merged to develop | STAGE | Plan & Apply: the plan that the pull request showed. "No surprises after deployment."
  - { on: merge, into: develop, in: ${stage}, do: [apply, verify] }
  # pull_request | Target: main | PROD | Plan Only (Comment)
  - { on: pull_request, into: main, in: ${prod}, do: [check, plan, comment] }
  # pull_request | Merged to main | PROD | Plan & Apply
  - { on: merge, into: main, in: ${prod}, do: [apply, verify] }
  # schedule | Daily 1 AM UTC | PROD: "Automated drift detection (daily)". Drift is told, not undone by itself; propose
  # plans what would put it right, apply also applies that, past the same gate.
  - { on: schedule, cron: "0 1 * * *", in: ${prod}, do: [drift], drift: detect }
  # workflow_dispatch | Manual | DEV | Plan & Apply
  - { on: dispatch, job: Deploy to dev, in: ${dev}, do: [plan, apply] }

require:
  # "Explain the "why" not just the "what""; "Include rollback instructions for prod PRs"; "No unintended deletions".
  # "Link to relevant documentation" there: whether a link helps, a reviewer sees.
  pull_request: { sections: [why, rollback], deletions: acknowledged }
  # "Run terraform validate locally": and here, where nobody can forget it.
  checks: [fmt, validate]

# "Reviewers see exact changes before merge": what is applied is the plan that was shown, or one that means the same.
apply:
  plan: stored                  # or: fresh
  ifStateMoved: same-meaning    # plan anew, go on if it means the same; or: fail, ask-again
  maxAge: 14d

# "Security best practices followed": what may run code while planning and applying. Everything else is refused.
${allowText}`;
}
