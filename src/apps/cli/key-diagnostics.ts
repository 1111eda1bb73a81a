import { posix } from "node:path";
import type { Audited } from "../../audit/index.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { MissingKey } from "../../domain/forge-keys.ts";
import { publicKeysFile } from "../../domain/public-keys.ts";

/** What keys are missing where. None is a setting of GitHub's, so it does not make an audit fail: nothing is delivered without it, and nothing wrongly. */
export function keyDiagnostics({
  missingKeys,
  lacksPublicKeys,
  environmentsWithoutKey,
}: Pick<Audited, "missingKeys" | "lacksPublicKeys" | "environmentsWithoutKey">): readonly Diagnostic[] {
  return [
    ...missingKeys.map(keyMissing),
    ...(lacksPublicKeys ? [keysNotCommitted] : []),
    ...environmentsWithoutKey.map(environmentWithoutKey),
  ];
}

const commitIt = `cp FOLDER/${posix.basename(publicKeysFile)} ${publicKeysFile}, and commit it`;

const keysNotCommitted: Diagnostic = {
  severity: "warning",
  code: "keys-not-committed",
  summary: `${publicKeysFile} is not on the default branch, and jobs that close, open or check plans end with an error.`,
  hint: `${commitIt}; \`plangate ci keys FOLDER\` made it beside the keys.`,
};

function environmentWithoutKey(environment: string): Diagnostic {
  return {
    severity: "warning",
    code: "environment-without-key",
    summary: `${publicKeysFile} of the default branch has no key of the environment ${environment}, and plans for it are refused.`,
    hint: `plangate ci keys FOLDER adds it, where FOLDER is a copy of the keys' folder; then ${commitIt}.`,
  };
}

function keyMissing({ name, environment, file }: MissingKey): Diagnostic {
  const [kind, at, where] =
    environment === null
      ? ["variable", "", "the repository"]
      : ["secret", ` --env ${environment}`, `the environment ${environment}`];
  const set = `gh ${kind} set ${name}${at}`;
  return {
    severity: "warning",
    code: "key-missing",
    summary: `The ${kind} ${name} of ${where} is not there, and jobs that need it end with an error.`,
    hint:
      file === null
        ? `${set} < FILE, with what the settings of the GitHub App show or hand out.`
        : `${set} < FOLDER/${file}; \`plangate ci keys FOLDER\` makes the keys, once for all.`,
  };
}
