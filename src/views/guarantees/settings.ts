import { allowsProvider } from "../../domain/lock-file.ts";
import { durationText } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Spelling } from "../explain/words/names.ts";
import { bundlesText } from "../explain/words/promises.ts";
import {
  type Compared,
  type Differences,
  ifMore,
  inOrder,
  listed,
  listsOf,
  type Pair,
  tellOf,
  turned,
} from "./tell.ts";

const tell = tellOf("flow");

/** What holds of the whole flow: how strictly people are kept apart, which plan is applied, what may run, what is required. */
export function settingDifferences(compared: Compared): Differences {
  const { before, after } = compared;
  return [
    ...(before.assurance === after.assurance
      ? []
      : [
          tell(
            inOrder(["solo", "team", "regulated"] as const, { before: before.assurance, after: after.assurance }),
            `the assurance is ${after.assurance} instead of ${before.assurance}`,
          ),
        ]),
    ...(before.host === after.host ? [] : [tell("other", `the host is ${after.host} instead of ${before.host}`)]),
    ...(before.tool === after.tool ? [] : [tell("other", `the tool is ${after.tool} instead of ${before.tool}`)]),
    ...(before.toolVersion === after.toolVersion
      ? []
      : [
          tell(
            "other",
            `workflows install ${versionText(after.toolVersion, compared.spelling)} of the tool, instead of ${versionText(before.toolVersion, compared.spelling)}`,
          ),
        ]),
    ...(before.sweep === after.sweep
      ? []
      : [tell("other", `on GitHub whatever waits is looked at every ${after.sweep} instead of every ${before.sweep}`)]),
    ...turned({ before: before.identity === "app", after: after.identity === "app" }, tell, {
      on: "on GitHub plangate now acts as an app of its own, whose checks nobody else can publish",
      off: "on GitHub plangate now acts with each workflow's own token, so any workflow can publish a check of its name",
      whenOn: "stronger",
    }),
    ...repositoryDifferences(compared),
    ...applyDifferences({ before: before.apply, after: after.apply }),
    ...bundlesDifferences(compared),
    ...allowDifferences(compared),
    ...requireDifferences(compared),
  ];
}

function versionText(version: string | null, { code }: Spelling): string {
  return version === null ? "one that plangate was tested with" : `version ${code(version)}`;
}

function applyDifferences({ before, after }: Pair<Flow["apply"]>): Differences {
  const moved = {
    fail: "an apply is refused when the state moved",
    "ask-again": "people are asked again when the state moved",
    "same-meaning": "an approval carries over to a plan of the same meaning when the state moved",
  } as const;
  return [
    ...turned({ before: before.plan === "stored", after: after.plan === "stored" }, tell, {
      on: "what is applied after a merge is now the plan that was stored and shown before it",
      off: "what is applied after a merge is planned then, and no longer the plan that was stored and shown before it",
      whenOn: "stronger",
    }),
    ...(before.ifStateMoved === after.ifStateMoved
      ? []
      : [
          tell(
            inOrder(["same-meaning", "ask-again", "fail"] as const, {
              before: before.ifStateMoved,
              after: after.ifStateMoved,
            }),
            `${moved[after.ifStateMoved]}, instead of: ${moved[before.ifStateMoved]}`,
          ),
        ]),
    ...(before.maxAge === after.maxAge
      ? []
      : [
          tell(
            ifMore(before.maxAge, after.maxAge),
            `a stored plan may be applied for ${durationText(after.maxAge)} instead of ${durationText(before.maxAge)}`,
          ),
        ]),
  ];
}

/** A bundle that is where nobody looks any more is missing: its plan is refused, and made anew when somebody asks. */
function bundlesDifferences({ before, after, spelling }: Compared): Differences {
  const [had, has] = [bundlesText(before.bundles, spelling), bundlesText(after.bundles, spelling)];
  if (had === has) return [];
  return [
    tell(
      "other",
      `stored plans are kept in ${has} instead of ${had}, and those that were stored before are not found there`,
    ),
  ];
}

function allowDifferences({ before, after, spelling }: Compared): Differences {
  const { code } = spelling;
  const { gained, lost } = listsOf({ before: before.allow.providers, after: after.allow.providers });
  return [
    ...gained.map((pattern) =>
      tell(
        isAllowed(before.allow.providers, pattern) ? "other" : "weaker",
        `providers like ${code(pattern)} may now be started`,
      ),
    ),
    ...lost.map((pattern) =>
      tell(
        isAllowed(after.allow.providers, pattern) ? "other" : "stronger",
        isAllowed(after.allow.providers, pattern)
          ? `providers like ${code(pattern)} are no longer named, and still may be started`
          : `providers like ${code(pattern)} may no longer be started`,
      ),
    ),
    ...listed({ before: before.allow.provisioners, after: after.allow.provisioners }, tell, {
      gained: (name) => `the provisioner ${code(name)} may now run`,
      lost: (name) => `the provisioner ${code(name)} may no longer run`,
      whenGained: "weaker",
    }),
    ...turned({ before: before.allow.externalData, after: after.allow.externalData }, tell, {
      on: `data sources of the type ${code("external")} may now run programs`,
      off: `data sources of the type ${code("external")} may no longer run programs`,
      whenOn: "weaker",
    }),
  ];
}

/** Whether the patterns let everything be started that this one does; one without a host is about both public registries. */
function isAllowed(patterns: readonly string[], pattern: string): boolean {
  const registries = ["registry.terraform.io", "registry.opentofu.org"];
  const whole = pattern.split("/").length === 2 ? registries.map((host) => `${host}/${pattern}`) : [pattern];
  return whole.every((address) => allowsProvider(patterns, address));
}

function requireDifferences({ before, after, spelling }: Compared): Differences {
  const { code } = spelling;
  return [
    ...listed({ before: before.require.sections, after: after.require.sections }, tell, {
      gained: (section) => `the text of a pull request now has to have the section ${code(section)}`,
      lost: (section) => `the text of a pull request need not have the section ${code(section)} any more`,
      whenGained: "stronger",
    }),
    ...turned(
      { before: before.require.deletions === "acknowledged", after: after.require.deletions === "acknowledged" },
      tell,
      {
        on: "somebody now has to say that it is meant when a plan deletes or replaces anything",
        off: "nobody has to say any more that it is meant when a plan deletes or replaces anything",
        whenOn: "stronger",
      },
    ),
    ...listed({ before: before.require.checks, after: after.require.checks }, tell, {
      gained: (check) => `the check ${code(check)} now has to pass`,
      lost: (check) => `the check ${code(check)} need not pass any more`,
      whenGained: "stronger",
    }),
  ];
}

function appText(had: string | undefined, has: string | undefined, code: Compared["spelling"]["code"]): string {
  if (has === undefined) return `no GitHub App passes rules any more, as ${code(had ?? "")} did`;
  return `the GitHub App that passes rules nobody else may pass is ${code(has)}${had === undefined ? "" : `, and was ${code(had)}`}`;
}

/** To whom identities are bound: a number stays with the repository, a name goes to whoever takes it. */
function repositoryDifferences({
  before: { repository: before },
  after: { repository: after },
  spelling,
}: Compared): Differences {
  const { code } = spelling;
  const name = (of: Flow["repository"]) => (of === null ? "not named" : code(`${of.owner}/${of.name}`));
  const renamed = before?.owner !== after?.owner || before?.name !== after?.name;
  return [
    ...(renamed ? [tell("other", `the repository is ${name(after)}, and was ${name(before)}`)] : []),
    ...(["ownerId", "id"] as const).flatMap((key) => {
      const [had, has] = [before?.[key] ?? null, after?.[key] ?? null];
      if (had === has) return [];
      const whose = key === "id" ? "the repository" : "its owner";
      if (had === null) return [tell("stronger", `identities are now bound to the number of ${whose}, ${has}`)];
      if (has === null) return [tell("weaker", `identities are no longer bound to the number of ${whose}, ${had}`)];
      return [tell("other", `identities are bound to the number ${has} of ${whose}, instead of ${had}`)];
    }),
    ...(before?.app === after?.app ? [] : [tell("other", appText(before?.app, after?.app, code))]),
  ];
}
