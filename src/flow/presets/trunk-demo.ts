import { demoForPeople, demoGates, demoRows, demoStacksHead } from "./demo-rows.ts";
import { allowText, headOf, matchOf, namer, oneRoot, type Preset, type PresetValues } from "./preset.ts";

/**
 * The preset `trunk-demo`: short-lived branches into main, a demonstration by hand on test, production applied from
 * main. Each comment quotes the sentence of the process description that its block carries out.
 */
export const trunkDemo: Preset = {
  title: "main only; a demonstration by hand on test behind a gate, prod planned and applied after the merge",
  team: "owners",
  integration: null,
  environments: ["test", "prod"],
  stacks: oneRoot(["test", "prod"]),
  render,
};

function render(values: PresetValues): string {
  const { people, branches, environments, stacks } = values;
  const [test, prod] = ["test", "prod"].map(namer(environments)) as [string, string];
  return `${headOf(values, "short-lived branches into main, demonstrated on test, applied to production from main.")}
# "Require at least one reviewer (preferably someone familiar with the infrastructure)". A team works too: organisation/team.
teams:
  owners: ${people.text}${people.comment}

branches:
  # "Create feature/<ticket> branches off main"; short-lived: a pull request that is older is flagged.
  feature: { match: "feature/{ticket}", cutFrom: main, maxAge: 7d }
  # "Handle hotfixes off main in the same short-lived-branch manner - don't commit directly."
  hotfix: { match: "hotfix/{ticket}", cutFrom: main, maxAge: 7d }
  # "Protect the branch (required reviews, CI pass, no direct pushes)"; "Rebase (or fast-forward) before merging to
  # avoid merge commits"; "squash-merge PRs if you prefer a clean history".
  main:
    ${matchOf(branches.trunk, "main").replace(/, $/, "\n    ")}accepts: [feature, hotfix]
    merge: [rebase, squash]
    linear: true
    reviews: { count: 1, by: owners }

${demoGates()}
# "Always deploy production from main"; "each merge to main is deployable". Only ${test} may be destroyed.
environments:
  ${test}: { kind: test, appliesFrom: [feature, hotfix, main], destroyable: true }
  ${prod}: { kind: prod, appliesFrom: [main], approvals: { count: 1, by: owners } }

${demoStacksHead(prod)}
${stacks}

${demoRows(test, prod)}
${demoForPeople}
# What may run code while planning and applying. Everything else is refused.
${allowText}`;
}
