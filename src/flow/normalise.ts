import { parseDuration } from "../domain/names.ts";
import type { BundlesPlace, Flow, ReleaseClass, StackPattern } from "./flow.ts";
import { branchesOf } from "./normalise-branch.ts";
import { environmentOf, gateOf } from "./normalise-environment.ts";
import { teamOf } from "./normalise-people.ts";
import { normaliseRow } from "./normalise-row.ts";
import type { Path, Place } from "./place.ts";
import type { Salvaged } from "./salvage.ts";
import type { WrittenFlow } from "./schema.ts";

/** The flow as used, and for each part of it the way to where it is written. */
export interface Normalised {
  readonly flow: Flow;
  readonly origins: ReadonlyMap<object, Path>;
}

/** What always may be started, since it is part of the tool: `terraform_data`, remote state. */
export const builtinProviders = "terraform.io/builtin/*";

const defaultMaxAge = "14d";

/** Fills in every default. Does not look whether names exist; the checks do, before anybody may use the flow. */
export function normalise({ written, indexes }: Salvaged, at: (path: Path) => Place): Normalised {
  const origins = new Map<object, Path>();
  const from = <T extends object>(path: Path, part: T): T => {
    origins.set(part, path);
    return part;
  };
  const teams = Object.entries(written.teams ?? {}).map(
    ([name, team]) => [name, from(["teams", name], teamOf(team))] as const,
  );
  const teamNames = new Set(teams.map(([name]) => name));
  const { dispatched, asking, dispatchedGates } = rowsThatName(written);
  const environments = Object.entries(written.environments).map(([name, environment]) =>
    from(
      ["environments", name],
      environmentOf(name, environment, {
        teams: teamNames,
        dispatched: dispatched.has(name),
        rowsAsk: asking.has(name),
      }),
    ),
  );
  const plan = written.apply?.plan ?? "stored";
  const flow: Flow = {
    tool: written.tool ?? "terraform",
    toolVersion: written.toolVersion ?? null,
    host: written.host ?? "actions",
    identity: written.identity ?? "token",
    assurance: written.assurance ?? "team",
    sweep: written.sweep ?? "15m",
    teams: Object.fromEntries(teams),
    repository: written.repository === undefined ? null : repositoryOf(written.repository),
    branches: branchesOf(written.branches, teamNames).map((branch) => from(["branches", branch.name], branch)),
    gates: Object.entries(written.gates ?? {}).map(([name, gate]) =>
      from(["gates", name], gateOf(name, gate, { teams: teamNames, dispatched: dispatchedGates.has(name) })),
    ),
    environments,
    stacks: written.stacks.map((stack, index) => {
      const path = ["stacks", indexes.stacks[index] ?? index];
      return from(path, stackOf(stack, at(path)));
    }),
    releases: (written.releases ?? []).map((release, index) =>
      from(["releases", indexes.releases[index] ?? index], releaseOf(release)),
    ),
    when: written.when.flatMap((row, index) => {
      const path = ["when", indexes.when[index] ?? index];
      return normaliseRow(row, { environments, plan, line: at(path).line }).map((each) => from(path, each));
    }),
    apply: from(["apply"], {
      plan,
      ifStateMoved: written.apply?.ifStateMoved ?? "same-meaning",
      maxAge: parseDuration(written.apply?.maxAge ?? defaultMaxAge) ?? 0,
    }),
    bundles: written.bundles === undefined ? null : from(["bundles"], bundlesOf(written.bundles)),
    allow: from(["allow"], {
      providers: [...(written.allow?.providers ?? ["hashicorp/*"]), builtinProviders],
      provisioners: written.allow?.provisioners ?? [],
      externalData: written.allow?.externalData ?? false,
    }),
    require: from(["require"], {
      sections: (written.require?.pull_request?.sections ?? []).map((section) => section.trim().toLowerCase()),
      deletions: written.require?.pull_request?.deletions ?? "free",
      checks: written.require?.checks ?? [],
    }),
  };
  return { flow, origins };
}

/** What rows say about an environment or a gate by naming it. */
function rowsThatName(written: WrittenFlow) {
  const started = written.when.filter(({ on }) => on === "dispatch" || on === "release");
  const asking = written.when.flatMap((row) => ("gate" in row && row.gate !== undefined ? [row] : []));
  return {
    /** Applied to when somebody dispatches or releases. */
    dispatched: new Set(started.flatMap((row) => row.in ?? [])),
    /** Applied to past a gate of the row's own. */
    asking: new Set(
      asking.flatMap((row) => (row.in !== undefined && row.do.some((step) => step === "apply") ? [row.in] : [])),
    ),
    /** Gates that are asked by what somebody dispatches or releases. */
    dispatchedGates: new Set(asking.filter((row) => started.includes(row)).map(({ gate }) => gate)),
  };
}

function stackOf(written: WrittenFlow["stacks"][number], { line, column }: Place): StackPattern {
  return {
    root: written.root,
    ...(written.name === undefined ? {} : { name: written.name }),
    in: written.in,
    backend: written.backend ?? [],
    vars: written.vars ?? [],
    verify: (written.verify ?? []).map((command) => (typeof command === "string" ? command.split(/ +/) : command)),
    depends: written.depends ?? [],
    line,
    column,
  };
}

function releaseOf(written: NonNullable<WrittenFlow["releases"]>[number]): ReleaseClass {
  return {
    id: written.id,
    of: written.of ?? "project",
    tag: written.tag,
    from: written.from,
    on: written.on ?? "dispatch",
  };
}

function bundlesOf({ s3, gcs }: NonNullable<WrittenFlow["bundles"]>): BundlesPlace {
  if (s3 !== undefined) {
    const { bucket, region, prefix = "", account = null } = s3;
    return { kind: "s3", bucket, prefix, region, account };
  }
  return { kind: "gcs", bucket: gcs?.bucket ?? "", prefix: gcs?.prefix ?? "", project: gcs?.project ?? null };
}

function repositoryOf({
  owner,
  name,
  ownerId,
  id,
  app,
}: Partial<NonNullable<WrittenFlow["repository"]>>): Flow["repository"] {
  // Of a file with errors one of them may be missing.
  if (owner === undefined || name === undefined) return null;
  return { owner, name, ownerId: ownerId ?? null, id: id ?? null, ...(app === undefined ? {} : { app }) };
}
