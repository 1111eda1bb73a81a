import {
  allowText,
  headOf,
  matchOf,
  namer,
  type Preset,
  type PresetValues,
  rootPerStack,
  yamlPattern,
} from "./preset.ts";

/**
 * The preset `trunk-stored-plan`: the plan that people approve in the pull request is stored and is what the merge
 * applies to test; the plan for prod is stored at the merge and applied when a release is delivered. Each comment
 * quotes the sentence of the process description that its block carries out.
 */
export const trunkStoredPlan: Preset = {
  title:
    "main only; the plan stored in the pull request is applied to test, the one stored at the merge to prod on release",
  team: "owners",
  integration: null,
  environments: ["ephemeral", "test", "prod"],
  stacks: rootPerStack(["ephemeral", "test", "prod"], "{stack}/{instance}terraform.tfstate"),
  render,
};

function render(values: PresetValues): string {
  const { people, branches, environments, ephemeral, stacks } = values;
  const [perChange, test, prod] = ["ephemeral", "test", "prod"].map(namer(environments)) as [string, string, string];
  const trunk = yamlPattern(branches.trunk);
  // What is left out stays in the file as a comment, ready to be taken in.
  const off = ephemeral ? "" : "# ";
  const how = ephemeral
    ? ""
    : `
  # Take the hashes away here and below, add ${perChange} under \`in\` and {instance} to \`backend\` of stacks, when there is a
  # place where what a pull request brings may stand for some hours.`;
  return `${headOf(values, "the plan that people approved is stored, and it is what gets applied.")}
# "only truly approved changes get executed": these people approve. A team works too: organisation/team.
teams:
  owners: ${people.text}${people.comment}

# "No work without reason - always create work item"; "Propose changes using Pull Requests against main branch".
branches:
  work: { match: "**", except: [${trunk}], cutFrom: main, issue: required }
  main: { ${matchOf(branches.trunk, "main")}accepts: [work], merge: squash, reviews: { count: 1, by: owners } }

environments:
  # "ensure deployability (eg. try to deploy in ephemeral manner)", "run smoke tests (deploy and validate results)": one for
  # each pull request, ${perChange}-12, destroyed when it ends or after some hours.${how}
  ${off}${perChange}: { kind: ephemeral, appliesFrom: [work], ttl: 4h, destroyable: true }
  # "trunk-based deployment (prod/staging only)": after the merge ${test}, then ${prod}. Nobody approves what they wrote.
  ${test}: { kind: test, appliesFrom: [main], approvals: { count: 1, by: owners } }
  ${prod}: { kind: prod, appliesFrom: [release], approvals: { count: 1, by: owners }, after: [${test}] }

# What is delivered: a root module in an environment is a stack, such as ${prod}/network, with one state.
stacks:
${stacks}

# "All modules and projects should have semantic versioning - use Git tags"; "do not copy and paste content": \`plangate check\`.
releases:
  - { id: release, of: project, tag: "v{version}", from: main }
  # "merge --> release(Release version)": each folder under modules, by itself, when a merge changed it.
  - { id: module, of: "modules/{module}", tag: "{module}-v{version}", from: main, on: merge }

when:
  # "Unit test - ephemeral infra".
  ${off}- { on: pull_request, into: main, in: ${perChange}, do: [check, plan, apply, verify, destroy] }
  # "gather change plan (diff against real infrastructure)"; "always see planed changes to real infrastructure".
  - { on: pull_request, into: main, in: ${test}, do: [check, plan, comment] }
  # "after merge to main branch, staging evn gets deployed automatically": with the plan stored in the pull request.
  - { on: merge, into: main, in: ${test}, do: [gate, apply, verify] }
  # "change plan is stored against production (for potential approval to enroll to production)".
  - { on: merge, into: main, in: ${prod}, do: [plan] }
  # "Release version - manual decision".
  - { on: dispatch, job: Release, do: [release], needs: [${test} applied, ${prod} planned] }
  # "Deploy to production - manuall trigger": with the plan stored after the merge.
  - { on: dispatch, job: Deploy, ref: release, in: ${prod}, do: [gate, apply, verify] }

# "Run automated tests as part of PRs and merge to validate syntax": more of them as workflows, required on main.
require:
  checks: [fmt, validate]

# "store it so only truly approved changes get executed".
apply:
  plan: stored                  # what is applied is what was approved
  ifStateMoved: same-meaning    # plan anew, go on if it means the same; or: fail, ask-again
  maxAge: 14d

# "check security policies": what may run code while planning and applying. Everything else is refused.
${allowText}`;
}
