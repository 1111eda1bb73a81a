import type { Flow } from "../../flow/index.ts";
import { retentionDays } from "../retention.ts";
import { literal } from "./expressions.ts";
import { idsFor } from "./naming.ts";
import { plangateAt } from "./pins.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** What all workflows of a flow are made from. */
export interface Making {
  readonly flow: Flow;
  readonly shape: Shape;
  readonly defaultBranch: string;
  /** The condition that a job runs on the default branch's ref. */
  readonly trusted: string;
  /** How a step starts plangate. */
  readonly plangate: string;
  /** How many days artifacts are kept: longer than a stored plan may wait. */
  readonly retention: number;
  /** The part of a job's id that stands for an environment, or for a place as `key` calls it. */
  readonly idOf: (name: string) => string;
}

export function makingOf(flow: Flow, about: { readonly version: string; readonly defaultBranch: string }): Making {
  const { version, defaultBranch } = about;
  const shape = shapeOf(flow, defaultBranch);
  return {
    flow,
    shape,
    defaultBranch,
    trusted: `github.ref == ${literal(`refs/heads/${defaultBranch}`)}`,
    plangate: plangateAt(version),
    retention: retentionDays(flow),
    idOf: idsFor([...flow.environments.map(({ name }) => name), ...shape.places.map(({ key }) => key)]),
  };
}
