import type { Login } from "../domain/names.ts";
import { parseDuration } from "../domain/names.ts";
import type {
  BranchClass,
  Environment,
  EnvironmentKind,
  Flow,
  Gate,
  PeopleRef,
  ReleaseClass,
  StackPattern,
} from "./flow.ts";
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
  const dispatched = new Set(
    written.when.flatMap((row) => (row.on === "dispatch" && row.in !== undefined ? [row.in] : [])),
  );
  const environments = Object.entries(written.environments).map(([name, environment]) =>
    from(["environments", name], environmentOf(name, environment, { teamNames, dispatched: dispatched.has(name) })),
  );
  const flow: Flow = {
    tool: written.tool ?? "terraform",
    host: written.host ?? "actions",
    assurance: written.assurance ?? "team",
    teams: Object.fromEntries(teams),
    branches: Object.entries(written.branches).map(([name, branch]) =>
      from(["branches", name], branchOf(name, branch, teamNames)),
    ),
    environments,
    stacks: written.stacks.map((stack, index) => {
      const path = ["stacks", indexes.stacks[index] ?? index];
      return from(path, stackOf(stack, at(path)));
    }),
    releases: (written.releases ?? []).map((release, index) =>
      from(["releases", indexes.releases[index] ?? index], releaseOf(release)),
    ),
    when: written.when.map((row, index) => {
      const path = ["when", indexes.when[index] ?? index];
      return from(path, normaliseRow(row, { environments, line: at(path).line }));
    }),
    apply: from(["apply"], {
      plan: "stored" as const,
      ifStateMoved: written.apply?.ifStateMoved ?? "same-meaning",
      maxAge: parseDuration(written.apply?.maxAge ?? defaultMaxAge) ?? 0,
    }),
    allow: from(["allow"], {
      providers: [...(written.allow?.providers ?? ["hashicorp/*"]), builtinProviders],
      provisioners: written.allow?.provisioners ?? [],
      externalData: written.allow?.externalData ?? false,
    }),
  };
  return { flow, origins };
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

const loginOf = (text: string) => text.toLowerCase() as Login;

function teamOf(team: string | readonly string[]): Flow["teams"][string] {
  return typeof team === "string" ? { logins: [], forgeTeam: team } : { logins: team.map(loginOf), forgeTeam: null };
}

/** A single word is always a team; in a list, a word that is a team's name means the team. */
function peopleOf(by: string | readonly string[], teams: ReadonlySet<string>): PeopleRef {
  if (typeof by === "string") return { teams: [by], logins: [] };
  return { teams: by.filter((name) => teams.has(name)), logins: by.filter((name) => !teams.has(name)).map(loginOf) };
}

function branchOf(name: string, written: WrittenFlow["branches"][string], teams: ReadonlySet<string>): BranchClass {
  const { reviews } = written;
  const accepts = written.accepts ?? [];
  return {
    name,
    match: written.match === undefined ? [name] : list(written.match),
    except: list(written.except),
    cutFrom: written.cutFrom ?? null,
    accepts,
    merge: written.merge === undefined ? (accepts.length === 0 ? [] : ["squash"]) : list(written.merge),
    reviews:
      reviews === undefined
        ? null
        : { count: reviews.count ?? 1, by: reviews.by === undefined ? null : peopleOf(reviews.by, teams) },
    issue: written.issue ?? "optional",
    protected: accepts.length > 0 || reviews !== undefined,
  };
}

function environmentOf(
  name: string,
  written: WrittenFlow["environments"][string],
  { teamNames, dispatched }: { teamNames: ReadonlySet<string>; dispatched: boolean },
): Environment {
  const kind = written.kind ?? kindFromName(name) ?? "prod";
  const { approvals } = written;
  return {
    name,
    kind,
    appliesFrom: written.appliesFrom,
    approvals: approvals === undefined ? null : gateOf(approvals, teamNames, dispatched),
    after: written.after ?? [],
    destroyable: written.destroyable ?? false,
    variables: written.variables ?? [],
    gated: approvals !== undefined || kind === "stage" || kind === "prod",
  };
}

const kindsByName: Readonly<Record<string, EnvironmentKind>> = {
  dev: "dev",
  development: "dev",
  test: "test",
  testing: "test",
  stage: "stage",
  staging: "stage",
  prod: "prod",
  production: "prod",
};

/** The kind that a name says; other names need a `kind` of their own. */
export function kindFromName(name: string): EnvironmentKind | undefined {
  return Object.hasOwn(kindsByName, name) ? kindsByName[name] : undefined;
}

type WrittenGate = NonNullable<WrittenFlow["environments"][string]["approvals"]>;

/** Whom a gate leaves out by itself. */
export function defaultNotBy(dispatched: boolean): Gate["notBy"] {
  return dispatched ? ["writers", "triggerer"] : ["writers"];
}

function gateOf(written: WrittenGate, teams: ReadonlySet<string>, dispatched: boolean): Gate {
  return {
    count: written.count ?? 1,
    by: peopleOf(written.by, teams),
    notBy: written.notBy ?? defaultNotBy(dispatched),
    ...(written.because === undefined ? {} : { because: written.because }),
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
    line,
    column,
  };
}

function releaseOf(written: NonNullable<WrittenFlow["releases"]>[number]): ReleaseClass {
  return { id: written.id, of: written.of ?? "project", tag: written.tag, from: written.from };
}
