import type { BundlesPlace, Flow } from "../../flow/flow.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { presentEnvironment } from "../names.ts";
import type { Home } from "./places.ts";
import type { Cloud, StatePlace, StatesOf } from "./states.ts";

/** A bucket of bundles in the cloud whose file is made. */
export type BundlesIn<Kind extends BundlesPlace["kind"]> = Extract<BundlesPlace, { readonly kind: Kind }>;

export function bundlesIn<Kind extends BundlesPlace["kind"]>(flow: Flow, kind: Kind): BundlesIn<Kind> | null {
  return flow.bundles?.kind === kind ? (flow.bundles as BundlesIn<Kind>) : null;
}

/**
 * Where the identity is made that keeps bundles, when the flow says so: for the jobs that decide and present, which are in
 * an environment of their own on the default branch alone, and not in any one workflow file.
 */
export function bundlesHome(flow: Flow, about: CompileAbout, cloud: Cloud): readonly Home[] {
  const [s3, gcs] = [bundlesIn(flow, "s3"), bundlesIn(flow, "gcs")];
  const place = cloud === "aws" ? (s3?.account ?? null) : (gcs?.project ?? null);
  if (place === null) return [];
  const one = {
    environment: presentEnvironment,
    phase: "bundles" as const,
    holders: [presentEnvironment],
    ref: `refs/heads/${about.defaultBranch}`,
    jobWorkflow: null,
  };
  return [
    {
      environment: presentEnvironment,
      in: place,
      partition: s3 === null ? "" : partitionOf(s3),
      identities: [one],
      states: [],
    },
  ];
}

/** The part of AWS that a region is in. */
export function partitionOf({ region }: BundlesIn<"s3">): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The objects of bundles as states of nobody's, which those of no environment may be among. */
export function bundlesAsStates(flow: Flow, cloud: Cloud): readonly StatesOf[] {
  const place = cloud === "aws" ? bundlesIn(flow, "s3") : bundlesIn(flow, "gcs");
  return place === null ? [] : [{ environment: presentEnvironment, states: objectsOfBundles(place) }];
}

/** Where bundles lie, as a place of states is told. */
export function objectsOfBundles(place: BundlesPlace | null): readonly StatePlace[] {
  return place === null ? [] : [{ bucket: place.bucket, objects: `${place.prefix}*` }];
}
