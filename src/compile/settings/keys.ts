import type { KeysWanted } from "../../domain/forge-keys.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { Flow } from "../../flow/index.ts";
import { planEnvironment, presentEnvironment } from "../names.ts";

/**
 * The keys that the compiled workflows read, and where: closing and checking take public ones, variables of the
 * repository; opening is for whoever presents or applies, and whoever applies opens what is of that environment alone;
 * signing is for whoever presents, and what plans holds none.
 */
export function keysOf(flow: Flow, { environments }: Pick<ForgeSettings, "environments">): KeysWanted {
  const ofApp = flow.identity === "app";
  const names = flow.environments.map(({ name }) => name);
  const plans = new Set(names.map(planEnvironment));
  const opening = ["PLANGATE_OPEN_KEY", "PLANGATE_DIGEST_KEY", ...(ofApp ? ["PLANGATE_APP_KEY"] : [])];
  return {
    variables: ["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY", ...(ofApp ? ["PLANGATE_APP_ID"] : [])],
    environments: environments.map(({ name }) => {
      if (name === presentEnvironment) return { name, secrets: [...opening, "PLANGATE_SIGN_KEY"], keysOf: name };
      return { name, secrets: plans.has(name) ? [] : opening, keysOf: appliedAt(flow, name) };
    }),
    closedFor: names,
  };
}

/** The environment of the flow that is applied to at GitHub's of that name: itself, or that of the rows whose gate it is. */
function appliedAt(flow: Flow, name: string): string {
  return flow.when.find(({ gate, environment }) => gate === name && environment !== null)?.environment ?? name;
}
