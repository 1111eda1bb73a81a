import type { KeysWanted } from "../../domain/forge-keys.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { Flow } from "../../flow/index.ts";
import { planEnvironment, presentEnvironment } from "../names.ts";

/**
 * The keys that the compiled workflows read, and where: closing and checking take public ones, variables of the
 * repository; opening is for whoever presents or applies, signing for whoever presents, and what plans holds none.
 */
export function keysOf(flow: Flow, { environments }: Pick<ForgeSettings, "environments">): KeysWanted {
  const ofApp = flow.identity === "app";
  const plans = new Set(flow.environments.map(({ name }) => planEnvironment(name)));
  const opening = ["PLANGATE_OPEN_KEY", ...(ofApp ? ["PLANGATE_APP_KEY"] : [])];
  return {
    variables: ["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY", ...(ofApp ? ["PLANGATE_APP_ID"] : [])],
    environments: environments.map(({ name }) => {
      if (name === presentEnvironment) return { name, secrets: [...opening, "PLANGATE_SIGN_KEY"] };
      return { name, secrets: plans.has(name) ? [] : opening };
    }),
  };
}
