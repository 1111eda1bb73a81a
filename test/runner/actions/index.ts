import type { Action } from "./action.ts";
import { downloadArtifact, uploadArtifact } from "./artifacts.ts";
import { awsCredentials } from "./aws-credentials.ts";
import { checkout } from "./checkout.ts";
import { googleAuth } from "./google-auth.ts";
import { setupNode, setupOpenTofu, setupTerraform } from "./set-up.ts";

/** The actions that this runner can do, by their repositories. */
export const actions: ReadonlyMap<string, Action> = new Map([
  ["actions/checkout", checkout],
  ["actions/download-artifact", downloadArtifact],
  ["actions/setup-node", setupNode],
  ["actions/upload-artifact", uploadArtifact],
  ["aws-actions/configure-aws-credentials", awsCredentials],
  ["google-github-actions/auth", googleAuth],
  ["hashicorp/setup-terraform", setupTerraform],
  ["opentofu/setup-opentofu", setupOpenTofu],
]);
