import { durationText } from "../../domain/names.ts";
import type { Environment, EnvironmentKind, Identity } from "../../flow/flow.ts";
import { gateText, listed as inWords, refText, type Spelling } from "../explain/words/names.ts";
import { approvalDifferences } from "./gates.ts";
import {
  type Compared,
  type Differences,
  ifMore,
  inOrder,
  listed,
  matched,
  type Pair,
  type Tell,
  tellOf,
  turned,
} from "./tell.ts";
import { timeDifferences } from "./times.ts";

/** What may be applied where, from where, past whom and when. */
export function environmentDifferences(compared: Compared): Differences {
  const { before, after, spelling } = compared;
  const { both, gone, fresh } = matched(before.environments, after.environments, ({ name }) => name);
  return [
    ...fresh.map((environment) => tellOf(`environment ${environment.name}`)("other", newText(compared, environment))),
    ...gone.map(({ name }) =>
      tellOf(`environment ${name}`)(
        "other",
        `${spelling.strong(name)} is gone: nothing is planned or applied there any more, and nothing that was promised of it holds`,
      ),
    ),
    ...both.flatMap((pair) => {
      const tell = tellOf(`environment ${pair.after.name}`);
      return [
        ...approvalDifferences(
          compared,
          pair.after.name,
          { before: pair.before.approvals, after: pair.after.approvals },
          tell,
        ),
        ...wayThere(compared, pair, tell),
        ...timeDifferences(pair, tell, spelling),
        ...whatItIs(pair, tell, spelling),
        ...whatStandsThere(pair, tell, spelling),
      ];
    }),
  ];
}

/** A new place has no guarantees that could differ, so all that matters of it is told. */
function newText(
  { after, spelling }: Compared,
  { name, kind, appliesFrom, approvals, destroyable, gated }: Environment,
): string {
  const from = inWords(
    appliesFrom.map((ref) => refText(after, ref, spelling)),
    "or",
  );
  return [
    `${spelling.strong(name)} is a new environment of kind ${kind}, applied from ${from}`,
    approvals === null ? "it asks for no approval by itself" : `it asks for ${gateText(approvals, spelling)}`,
    ...(gated ? [] : ["people may apply to it from their own machine"]),
    ...(destroyable ? ["it may be destroyed"] : []),
  ].join("; ");
}

function wayThere({ before, after, spelling }: Compared, pair: Pair<Environment>, tell: Tell): Differences {
  const { strong } = spelling;
  const name = strong(pair.after.name);
  const of = <Key extends keyof Environment>(key: Key): Pair<Environment[Key]> => ({
    before: pair.before[key],
    after: pair.after[key],
  });
  return [
    ...listed(of("appliesFrom"), tell, {
      gained: (ref) => `${name} may now be applied from ${refText(after, ref, spelling)}`,
      lost: (ref) => `${name} is no longer applied from ${refText(before, ref, spelling)}`,
      whenGained: "weaker",
    }),
    ...listed(of("after"), tell, {
      gained: (first) => `${name} now waits until the same change is applied and verified in ${strong(first)}`,
      lost: (first) => `${name} no longer waits until the same change is applied and verified in ${strong(first)}`,
      whenGained: "stronger",
    }),
    ...turned(of("heldByBranch"), tell, {
      on: `${name} is now held by branch: the first that applies a stack keeps the others out`,
      off: `${name} is no longer held by branch: any of them applies over what another one applied`,
      whenOn: "stronger",
    }),
    ...turned(of("gated"), tell, {
      on: `nobody applies to ${name} from their own machine any more`,
      off: `people may now apply to ${name} from their own machine`,
      whenOn: "stronger",
    }),
  ];
}

/** Kinds that promise most come last; the first three promise the same. */
const promised: Readonly<Record<EnvironmentKind, number>> = { ephemeral: 0, dev: 0, test: 0, stage: 1, prod: 2 };

function whatItIs({ before, after }: Pair<Environment>, tell: Tell, { strong }: Spelling): Differences {
  const name = strong(after.name);
  const kinds = { before: promised[before.kind], after: promised[after.kind] };
  return [
    ...(before.kind === after.kind
      ? []
      : [
          tell(
            kinds.before === kinds.after ? "other" : inOrder([0, 1, 2], kinds),
            `${name} is of kind ${after.kind} instead of ${before.kind}`,
          ),
        ]),
    ...turned({ before: before.destroyable, after: after.destroyable }, tell, {
      on: `${name} may now be destroyed`,
      off: `${name} may no longer be destroyed`,
      whenOn: "weaker",
    }),
    ...turned({ before: before.perPullRequest, after: after.perPullRequest }, tell, {
      on: `there is now one ${name} for each pull request`,
      off: `there is now one ${name} for all, and none for each pull request`,
      whenOn: "other",
    }),
    ...ttlDifferences({ before: before.ttl, after: after.ttl }, tell, name),
  ];
}

function ttlDifferences({ before, after }: Pair<number | null>, tell: Tell, name: string): Differences {
  if (before === after) return [];
  const said = `${name} stands for ${after === null ? "any time" : `at most ${durationText(after)}`} instead of ${before === null ? "any time" : durationText(before)}`;
  return [tell(ifMore(before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY), said)];
}

/** Values that have to hold there, what else sets some of them, and what commands see and act as. */
function whatStandsThere(pair: Pair<Environment>, tell: Tell, { strong, code }: Spelling): Differences {
  const { before, after } = pair;
  const name = strong(after.name);
  const has = (expect: Environment["expect"], key: string) => Object.hasOwn(expect, key);
  const value = (expect: Environment["expect"], key: string) => code(`${key} = ${JSON.stringify(expect[key])}`);
  const both = Object.keys(after.expect).filter((key) => has(before.expect, key));
  return [
    ...listed({ before: Object.keys(before.expect), after: Object.keys(after.expect) }, tell, {
      gained: (key) => `a plan for ${name} is now refused unless ${value(after.expect, key)}`,
      lost: (key) => `a plan for ${name} is no longer refused unless ${value(before.expect, key)}`,
      whenGained: "stronger",
    }),
    ...both
      .filter((key) => before.expect[key] !== after.expect[key])
      .map((key) =>
        tell("other", `in ${name} ${value(after.expect, key)} has to hold, instead of ${value(before.expect, key)}`),
      ),
    ...listed({ before: before.runtimeOwned, after: after.runtimeOwned }, tell, {
      gained: ({ address, path }) =>
        `in ${name} a change of ${code(path)} of ${code(address)} is no drift any more, and no part of what a plan means`,
      lost: ({ address, path }) =>
        `in ${name} a change of ${code(path)} of ${code(address)} is now drift, and part of what a plan means`,
      whenGained: "weaker",
      keyOf: (owned) => JSON.stringify(owned),
    }),
    ...listed({ before: before.variables, after: after.variables }, tell, {
      gained: (variable) => `the tool now gets to see ${code(variable)} of plangate's own environment in ${name}`,
      lost: (variable) => `the tool no longer gets to see ${code(variable)} of plangate's own environment in ${name}`,
      whenGained: "weaker",
    }),
    ...(identityText(before.identity, code) === identityText(after.identity, code)
      ? []
      : [
          tell(
            "other",
            `whoever works in ${name} acts as ${identityText(after.identity, code)}, instead of ${identityText(before.identity, code)}`,
          ),
        ]),
    ...(placeText(before.identity, code) === placeText(after.identity, code)
      ? []
      : [
          tell(
            "other",
            `workflows of ${name} have identities of their own ${placeText(after.identity, code)}, instead of ${placeText(before.identity, code)}`,
          ),
        ]),
  ];
}

function placeText(identity: Identity | null, code: Spelling["code"]): string {
  const where = [
    ...(identity?.awsAccount == null ? [] : [`in the account ${code(identity.awsAccount)}`]),
    ...(identity?.gcpProject == null ? [] : [`in the project ${code(identity.gcpProject)}`]),
  ];
  return where.length === 0 ? "nowhere that the flow tells" : inWords(where);
}

function identityText(identity: Identity | null, code: Spelling["code"]): string {
  const whom = [identity?.awsProfile, identity?.awsRole, identity?.gcpServiceAccount].flatMap((one) => one ?? []);
  return whom.length === 0 ? "whom the machine is set up for" : inWords(whom.map(code));
}
