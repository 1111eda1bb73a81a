/**
 * Who may become whom in the cloud: for each environment an identity that plans and one that applies, each for exactly the
 * jobs that hold it.
 */
import { hasErrors } from "../../domain/diagnostic.ts";
import type { Flow } from "../../flow/index.ts";
import type { CompileAbout, Compiled, CompiledFile } from "../compiled-file.ts";
import { placed } from "../found.ts";
import { awsFile } from "./aws.ts";
import { bundlesAsStates, bundlesHome, bundlesIn } from "./bundles.ts";
import {
  bundlesOutOfReach,
  homesShared,
  notTrusted,
  numbersMissing,
  statesMet,
  subjectsTooLong,
} from "./diagnostics.ts";
import { folder } from "./folder.ts";
import { gcpFile } from "./gcp.ts";
import { awsLimits, googleLimits } from "./limits.ts";
import { mainFile } from "./main.ts";
import { awsHomes, gcpHomes, type Home, type Making } from "./places.ts";
import { reachOf } from "./reach.ts";
import { type TerraformRecord, writeTerraform } from "./terraform-json.ts";
import { claimsOf, identitiesOf } from "./wanted.ts";

export { folder as trustFolder } from "./folder.ts";

/**
 * The configuration of the identities, as Terraform reads JSON: nothing where no environment says in which account or
 * project its workflows have any. What the flow does not know, whoever applies it is asked for; what would open one
 * environment to another is an error, and then no file is given.
 */
export function compileTrust(flow: Flow, about: CompileAbout): Compiled {
  const identities = identitiesOf(flow, about);
  const homes = { aws: awsHomes(flow, identities), gcp: gcpHomes(flow, identities) };
  const [aws, gcp] = [
    [...homes.aws, ...bundlesHome(flow, about, "aws")],
    [...homes.gcp, ...bundlesHome(flow, about, "gcp")],
  ];
  if (aws.length === 0 && gcp.length === 0) return { files: [], diagnostics: [] };
  const reach = {
    aws: reachOf([...homes.aws, ...bundlesAsStates(flow, "aws")], "aws"),
    gcp: reachOf([...homes.gcp, ...bundlesAsStates(flow, "gcp")], "gcp"),
  };
  const making = makingOf(flow, { aws, gcp });
  const found = [
    ...notTrusted(flow, about),
    ...numbersMissing(flow),
    ...homesShared(homes.aws, "account"),
    ...homesShared(homes.gcp, "project"),
    ...bundlesOutOfReach(flow, homes),
    ...statesMet([...reach.aws.met, ...reach.gcp.met]),
    ...subjectsTooLong(gcp, flow),
    ...(making === null ? [] : [...awsLimits(making.aws), ...googleLimits(making.gcp)]),
  ];
  const diagnostics = placed(found, about);
  if (making === null || hasErrors(diagnostics)) return { files: [], diagnostics };
  const clouds = [...(aws.length === 0 ? [] : ["aws" as const]), ...(gcp.length === 0 ? [] : ["gcp" as const])];
  return {
    files: [
      ...(aws.length === 0 ? [] : [fileOf("aws", awsFile(making.aws, reach.aws.apart))]),
      ...(gcp.length === 0 ? [] : [fileOf("gcp", gcpFile(making.gcp, reach.gcp.apart))]),
      fileOf("main", mainFile(flow, clouds)),
    ],
    diagnostics,
  };
}

/** What each cloud's file is made from; null where the flow does not say whose jobs they are. */
function makingOf(
  flow: Flow,
  { aws, gcp }: { readonly aws: readonly Home[]; readonly gcp: readonly Home[] },
): { readonly aws: Making; readonly gcp: Making } | null {
  if (flow.repository === null) return null;
  const common = { claims: claimsOf(flow.repository), repository: flow.repository.name };
  return {
    aws: { ...common, homes: aws, bundles: bundlesIn(flow, "s3") },
    gcp: { ...common, homes: gcp, bundles: bundlesIn(flow, "gcs") },
  };
}

function fileOf(name: string, content: TerraformRecord): CompiledFile {
  return { path: `${folder}/${name}.tf.json`, form: "whole", text: writeTerraform(content), comment: "json" };
}
