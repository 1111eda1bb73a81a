import { UnknownToRunner } from "../errors.ts";
import { type Action, type ActionAt, flag } from "./action.ts";

/** Programs are on the machine already; what is asked for has to be one exact version all the same. */
export const setupNode: Action = {
  inputs: ["node-version", "package-manager-cache"],
  async run(at) {
    exactVersion(at, "node-version");
    if (flag(at, "package-manager-cache", true)) throw new UnknownToRunner("setup-node with a cache");
    return { "node-version": `v${at.with["node-version"]}`, "cache-hit": "false" };
  },
};

export const setupTerraform = tool("terraform");
export const setupOpenTofu = tool("tofu");

function tool(name: string): Action {
  return {
    inputs: [`${name}_version`, `${name}_wrapper`],
    async run(at) {
      exactVersion(at, `${name}_version`);
      if (flag(at, `${name}_wrapper`, true)) throw new UnknownToRunner(`a wrapper around ${name}`);
      return {};
    },
  };
}

function exactVersion(at: ActionAt, name: string): void {
  const version = at.with[name] ?? "";
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new UnknownToRunner(`${name}: ${JSON.stringify(version)} is no one version`);
}
