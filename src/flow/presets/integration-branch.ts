import { demoForPeople, demoGates, demoRows, demoStacksHead } from "./demo-rows.ts";
import { allowText, headOf, matchOf, namer, oneRoot, type Preset, type PresetValues } from "./preset.ts";

/**
 * The preset `integration-branch`: day-to-day work lands on development and is promoted to main by fast-forward. Each
 * comment quotes the sentence of the process description that its block carries out.
 */
export const integrationBranch: Preset = {
  title: "development in front of main, promoted by fast-forward; hotfixes are merged back; otherwise as trunk-demo",
  team: "owners",
  integration: "development",
  environments: ["test", "prod"],
  stacks: oneRoot(["test", "prod"]),
  render,
};

function render(values: PresetValues): string {
  const { people, branches, environments, stacks, zones } = values;
  const [test, prod] = ["test", "prod"].map(namer(environments)) as [string, string];
  const matchLine = (branch: string, name: string) => matchOf(branch, name).replace(/, $/, "\n    ");
  return `${headOf(values, "work lands on the integration branch, and is promoted to main by fast-forward and review.")}
# "Require at least one approval from the repository owner". Name a second person: nobody approves what they wrote.
teams:
  owners: ${people.text}${people.comment}

branches:
  # "Create feature/<ticket> branches off development"; short-lived: a pull request that is older is flagged.
  feature: { match: "feature/{ticket}", cutFrom: development, maxAge: 7d }
  # "Handle hotfixes off main in the same short-lived-branch manner - don't commit directly."
  hotfix: { match: "hotfix/{ticket}", cutFrom: main }
  # "makes it easy to cherry-pick into main when needed".
  cherry-pick: { match: "pick/{ticket}", cutFrom: main }
  # "Day-to-day work lands here via direct pushes (small fixes) or PRs from feature branches"; "squash when they merge";
  # "rebase before merging to avoid merge commits"; "keep it deployable": it may be applied to test.
  development:
    ${matchLine(branches.integration, "development")}accepts: [feature]
    merge: squash
    linear: true
    directPush: { lines: 50, files: 5 }
    reviews: { count: 1 }
  # "No direct pushes; protect the branch so only PRs from development can merge"; "promoting to main is a fast forward
  # + review cycle". What a hotfix or a cherry-pick brings goes back to development, so that the next fast-forward works.
  main:
    ${matchLine(branches.trunk, "main")}accepts: [development, hotfix, cherry-pick]
    merge: fast-forward
    reviews: { count: 1, by: owners, codeOwners: true }
    backMerge: [development]

${demoGates()}
# "Production runs span three Availability Zones (az_count = 3 in environments/prod/vars.tfvars)": ${
    zones
      ? "checked in the file and in each plan."
      : "\n# say so with `expect: { az_count: 3 }`, once the root modules have such a variable."
  }
# "Test and prod now use different CIDR ranges": \`plangate check\` refuses overlaps.
# "A Lambda rewires the private route tables to the new ENI": what a running system sets is no drift, once it is named:
# runtimeOwned: [{ address: "aws_route.private[*]", path: network_interface_id }] in an environment.
environments:
  ${test}: { kind: test, appliesFrom: [feature, hotfix, development, main], destroyable: true }
  ${prod}: { kind: prod, appliesFrom: [main], approvals: { count: 1, by: owners }${zones ? ", expect: { az_count: 3 }" : ""} }

${demoStacksHead(prod)}
${stacks}

${demoRows(test, prod)}
${demoForPeople}
# What may run code while planning and applying. Everything else is refused.
${allowText}`;
}
