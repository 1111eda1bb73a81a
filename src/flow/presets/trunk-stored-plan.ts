import { type PresetValues, yamlPattern } from "./preset.ts";

/**
 * The preset `trunk-stored-plan`: the plan that people approve in the pull request is stored and is what the merge
 * applies to test; the plan for prod is stored at the merge and applied when a release is delivered. Each comment
 * quotes the sentence of the process description that its block carries out.
 */
export function trunkStoredPlan({ owners, trunk, environments, stacks, tool }: PresetValues): string {
  const { test, prod } = environments;
  return `# How Terraform is delivered here: the plan that people approved is stored, and it is what gets applied.
# \`plangate check\` reads this file, \`plangate explain\` draws it. The quoted sentences are what each block carries out.
version: 1
host: actions        # actions: GitHub's runners do the work; server: plangate's own
assurance: team      # solo, team or regulated: how much people have to be kept apart
tool: ${tool}

# "only truly approved changes get executed": these people approve. A team works too: organisation/team.
teams:
  owners: ${owners.text}${owners.comment}

# "No work without reason - always create work item"; "Propose changes using Pull Requests against main branch".
branches:
  work: { match: "**", except: [${yamlPattern(trunk)}], cutFrom: main, issue: required }
  main: { ${trunk === "main" ? "" : `match: ${yamlPattern(trunk)}, `}accepts: [work], merge: squash, reviews: { count: 1, by: owners } }

# "trunk-based deployment (prod/staging only)": after the merge ${test}, then ${prod}. Nobody approves what they wrote.
environments:
  ${test}: { kind: test, appliesFrom: [main], approvals: { count: 1, by: owners } }
  ${prod}: { kind: prod, appliesFrom: [release], approvals: { count: 1, by: owners }, after: [${test}] }

# What is delivered: a root module in an environment is a stack, such as ${prod}/network, with one state.
stacks:
${stacks}

# "All modules and projects should have semantic versioning - use Git tags".
releases:
  - { id: release, of: project, tag: "v{version}", from: main }

when:
  # "gather change plan (diff against real infrastructure)"; "always see planed changes to real infrastructure".
  - { on: pull_request, into: main, in: ${test}, do: [check, plan, comment] }
  # "after merge to main branch, staging evn gets deployed automatically": with the plan stored in the pull request.
  - { on: merge, into: main, in: ${test}, do: [gate, apply, verify] }
  # "change plan is stored against production (for potential approval to enroll to production)".
  - { on: merge, into: main, in: ${prod}, do: [plan] }
  # "Release version - manual decision".
  - { on: dispatch, job: Release, do: [release], needs: [${test} applied, ${prod} planned] }
  # "Deploy to production - manual trigger": with the plan stored after the merge.
  - { on: dispatch, job: Deploy, ref: release, in: ${prod}, do: [gate, apply, verify] }

# "store it so only truly approved changes get executed".
apply:
  plan: stored                  # what is applied is what was approved
  ifStateMoved: same-meaning    # plan anew, go on if it means the same; or: fail, ask-again
  maxAge: 14d

# "check security policies": what may run code while planning and applying. Everything else is refused.
allow:
  providers: [hashicorp/*]
  provisioners: []
  externalData: false
`;
}
