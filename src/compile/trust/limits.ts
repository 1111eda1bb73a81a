import { errorAt, type Found, warningAt } from "../found.ts";
import { statementsFor } from "./aws-rights.ts";
import { trustStatement } from "./aws-trust.ts";
import { conditionOf } from "./gcp.ts";
import { gcpRights } from "./gcp-rights.ts";
import { issuerVariable } from "./main.ts";
import type { Home, Making } from "./places.ts";
import { policyText } from "./policy-text.ts";
import { awsTakes, googleTakes } from "./takes.ts";
import { evaluated } from "./terraform-json.ts";
import { idVariables, usualNumbers, type WantedIdentity } from "./wanted.ts";

/** What AWS would refuse of the documents, whatever the user gives, and what it takes only when it was asked before. */
export function awsLimits(making: Making): readonly Found[] {
  return each(making).flatMap(({ home, one, at }) => {
    const trust = policyText([trustStatement(making.claims, home, one)], usual).length;
    const rights = policyText(statementsFor(home, one.phase, making), shortest).length;
    return [
      ...(trust <= awsTakes.trust
        ? []
        : [trust > awsTakes.trustAtMost ? trustTooLong(at, one, trust) : trustPastQuota(at, { one, home, trust })]),
      ...(rights <= awsTakes.rights
        ? []
        : [
            errorAt(
              at,
              "policy-too-long",
              `The policy of what ${does(one)} would have ${rights} characters at least, and AWS takes ${awsTakes.rights}.`,
              "Let fewer entries of `stacks` say where its states lie: one with {environment} at the beginning of `key` covers many, and a bucket for each environment is told in few words.",
            ),
          ]),
    ];
  });
}

function trustTooLong(at: Found["at"], one: WantedIdentity, length: number): Found {
  return errorAt(
    at,
    "trust-too-long",
    `The trust of what ${does(one)} would have ${length} characters for ${one.holders.length} environments of GitHub, and AWS takes ${awsTakes.trustAtMost} at most.`,
    `Let fewer rows that apply to ${one.environment} have a gate of their own, or give gates and the repository shorter names.`,
  );
}

function trustPastQuota(
  at: Found["at"],
  { one, home, trust }: { readonly one: WantedIdentity; readonly home: Home; readonly trust: number },
): Found {
  return warningAt(
    at,
    "trust-past-quota",
    `The trust of what ${does(one)} has ${trust} characters for ${one.holders.length} environments of GitHub, and AWS takes ${awsTakes.trust} unless the account asked for more.`,
    `Give gates or the repository shorter names; or let account ${home.in} ask AWS for more ("Role trust policy length"), and say in the variable aws_quotas of identity/ how much it got.`,
  );
}

/** What Google would refuse, whatever the user gives. */
export function googleLimits(making: Making): readonly Found[] {
  return each(making).flatMap(({ home, one, at }) => {
    const { length } = String(evaluated(conditionOf(making.claims, one), usual));
    const bindings = Map.groupBy(gcpRights(home, one, making.bundles), ([, { bucket, role }]) =>
      JSON.stringify([evaluated(bucket ?? null, String), role]),
    );
    const most = Math.max(0, ...[...bindings.values()].map((same) => same.length));
    return [
      ...(length <= googleTakes.condition
        ? []
        : [
            errorAt(
              at,
              "condition-too-long",
              `The condition of what ${does(one)} would have ${length} characters for ${one.holders.length} environments of GitHub, and Google Cloud takes ${googleTakes.condition}.`,
              `Let fewer rows that apply to ${one.environment} have a gate of their own, or give gates and the repository shorter names.`,
            ),
          ]),
      ...(most <= googleTakes.bindings
        ? []
        : [
            errorAt(
              at,
              "bindings-too-many",
              `What ${does(one)} would be bound ${most} times to one role of a bucket, each under another condition, and Google Cloud takes ${googleTakes.bindings}.`,
              "Let fewer entries of `stacks` say where its states lie: one with {environment} at the beginning of `prefix` covers many.",
            ),
          ]),
    ];
  });
}

function each({ homes }: Making) {
  return homes.flatMap((home) =>
    home.identities.map((one) => ({
      home,
      one,
      at: one.phase === "bundles" ? ["bundles"] : ["environments", one.environment],
    })),
  );
}

function does({ phase, environment }: WantedIdentity): string {
  if (phase === "bundles") return "keeps bundles";
  return phase === "plan" ? `plans for ${environment}` : `applies to ${environment}`;
}

/** Of github.com, and as long as it is there today. The tool measures what is made in fact. */
function usual(code: string): string {
  if (code === `var.${issuerVariable}`) return "token.actions.githubusercontent.com";
  if (code === `var.${idVariables.id}`) return usualNumbers.id;
  return code === `var.${idVariables.ownerId}` ? usualNumbers.ownerId : "";
}

/** What is asked from the user may be short. */
function shortest(): string {
  return "";
}
