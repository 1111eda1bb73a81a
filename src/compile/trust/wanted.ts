import type { Flow } from "../../flow/index.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { planEnvironment } from "../names.ts";
import { settingsOf } from "../settings/index.ts";
import { files } from "../workflows/naming.ts";
import { shapeOf } from "../workflows/shape.ts";
import { type Expression, expression, filled, type Template } from "./terraform-json.ts";

/** `bundles`: keeps them, for the jobs that decide and present. */
export type Phase = "plan" | "apply" | "bundles";

/** One identity, and the jobs that may become it. */
export interface WantedIdentity {
  readonly environment: string;
  readonly phase: Phase;
  /** GitHub's environments whose jobs hold it: the environment's own, and gates of rows that apply there. */
  readonly holders: readonly string[];
  /** The only ref that such jobs run on; null where changes plan too, which GitHub's environment limits. */
  readonly ref: string | null;
  /** The claim that names the workflow file and its ref; null where any file may hold the job. */
  readonly jobWorkflow: string | null;
}

/** Who the repository is in a token. A number that the flow lacks is a variable. */
export interface RepositoryClaims {
  readonly fullName: string;
  readonly id: string | Expression;
  readonly ownerId: string | Expression;
  /** `repo:OWNER@OWNER_ID/REPOSITORY@ID:environment:HOLDER` */
  subjectOf(holder: string): Template;
}

export const idVariables = { id: "github_repository_id", ownerId: "github_owner_id" } as const;

/** As long as GitHub's numbers are today, for measuring what they are in where the flow does not tell them. */
export const usualNumbers = { id: "1234567890", ownerId: "123456789" } as const;

export function claimsOf({ owner, name, ownerId, id }: NonNullable<Flow["repository"]>): RepositoryClaims {
  const claims = {
    id: id === null ? expression(`var.${idVariables.id}`) : String(id),
    ownerId: ownerId === null ? expression(`var.${idVariables.ownerId}`) : String(ownerId),
  };
  return {
    ...claims,
    fullName: `${owner}/${name}`,
    subjectOf: (holder) => filled`repo:${owner}@${claims.ownerId}/${name}@${claims.id}:environment:${holder}`,
  };
}

/**
 * A plan and an apply identity for each environment that rows plan for and change, from the very environments that the
 * settings declare and the places that the workflows apply to.
 */
export function identitiesOf(flow: Flow, about: CompileAbout): readonly WantedIdentity[] {
  const { environments: declared } = settingsOf(flow, about).settings;
  const { places } = shapeOf(flow, about.defaultBranch);
  const ref = `refs/heads/${about.defaultBranch}`;
  const repository = flow.repository === null ? "" : `${flow.repository.owner}/${flow.repository.name}`;
  const plans = (name: string) => declared.find((one) => one.name === planEnvironment(name));
  return flow.environments.flatMap(({ name }): readonly WantedIdentity[] => {
    const planned = plans(name);
    const holders = places.filter(({ environment }) => environment === name).map(({ holds }) => holds);
    return [
      ...(planned === undefined
        ? []
        : [
            {
              environment: name,
              phase: "plan" as const,
              holders: [planned.name],
              ref: planned.branch_policies.length === 1 ? ref : null,
              jobWorkflow: null,
            },
          ]),
      ...(holders.length === 0
        ? []
        : [
            {
              environment: name,
              phase: "apply" as const,
              holders,
              ref,
              jobWorkflow: `${repository}/${files.apply}@${ref}`,
            },
          ]),
    ];
  });
}
