import { codeOwnersPlaces } from "../../domain/code-owners.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import { durationText } from "../../domain/names.ts";
import type { Flow } from "../../flow/index.ts";
import { inMarkdown, listed } from "../../views/explain/words/names.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { settingsOf } from "../settings/index.ts";
import { check, type Enforced, guard, sayOf } from "./enforced.ts";
import { branchRules } from "./enforced-branches.ts";
import { environmentRules, gateRules } from "./enforced-environments.ts";
import { trustedEnvironments } from "./trusted.ts";

const { strong, code } = inMarkdown;

/** Every rule of the flow with what holds it on GitHub: a ruleset, an environment, the trust of an identity, or plangate itself. */
export function enforcementOf(flow: Flow, about: CompileAbout): readonly Enforced[] {
  const { settings } = settingsOf(flow, about);
  const trusted = trustedEnvironments(flow, about);
  return [
    ...flow.branches.flatMap((branch) => branchRules(flow, branch, settings)),
    ...flow.environments.flatMap((environment) => environmentRules(flow, environment, { settings, trusted })),
    ...flow.gates.flatMap((gate) => gateRules(sayOf(`gate ${strong(gate.name)}`), gate, settings)),
    ...releaseRules(flow, settings),
    ...changeRules(flow),
    ...applyRules(flow, about),
  ];
}

function releaseRules({ releases }: Flow, settings: ForgeSettings): readonly Enforced[] {
  const say = sayOf("every release");
  const rulesets = settings.rulesets
    .filter(({ target }) => target === "tag")
    .map(({ name }) => `the ruleset ${code(name)}`);
  const immutable = settings.immutable_releases?.enabled === true ? ["immutable releases of GitHub"] : [];
  return say(
    releases.length > 0,
    `its tag, ${listed(
      releases.map(({ tag }) => code(tag)),
      "or",
    )}, is neither moved nor deleted`,
    [...rulesets, ...immutable, guard],
  );
}

function changeRules({ require }: Flow): readonly Enforced[] {
  const say = sayOf("every change");
  return [
    ...say(require.sections.length > 0, `its pull request says something under ${listed(require.sections.map(code))}`, [
      check,
      guard,
    ]),
    ...say(require.checks.length > 0, `${listed(require.checks.map(code))} pass`, [
      `a job each, for which ${check} waits`,
    ]),
    ...say(require.deletions === "acknowledged", "somebody acknowledged what its plan deletes", [guard]),
  ];
}

function applyRules({ apply, allow }: Flow, { flowFile }: CompileAbout): readonly Enforced[] {
  const say = sayOf("every apply");
  const governing = [flowFile, ".github/", ...codeOwnersPlaces.slice(1)].map(code);
  return [
    ...say(apply.plan === "stored", "it is of the stored plan, byte for byte", ["digests and signatures", guard]),
    ...say(apply.plan === "fresh", "it is of a plan made right before", [guard]),
    ...say(true, `its plan waited for ${durationText(apply.maxAge)} at most`, [guard]),
    ...say(true, `of providers only ${listed(allow.providers.map(code))} are started`, [
      "plangate, in every job that starts the tool",
    ]),
    ...say(true, `of a change of ${listed(governing, "or")} it takes a plan made after the merge`, [guard]),
  ];
}
