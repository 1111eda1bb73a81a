import { parseDuration, parseInstant } from "../domain/names.ts";
import type { Environment, EnvironmentKind, Gate, Identity } from "./flow.ts";
import { peopleOf } from "./normalise-people.ts";
import type { WrittenFlow } from "./schema.ts";
import { parseWindow } from "./windows.ts";

type Written = WrittenFlow["environments"][string];
type WrittenGate = NonNullable<Written["approvals"]>;

const kindsByName: Readonly<Record<string, EnvironmentKind>> = {
  ephemeral: "ephemeral",
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

/** Whom a gate leaves out by itself. */
export function defaultNotBy(dispatched: boolean): Gate["notBy"] {
  return dispatched ? ["writers", "triggerer"] : ["writers"];
}

/** What a gate is read with: the names of teams, and whether somebody's own doing starts what passes it. */
export interface GateContext {
  readonly teams: ReadonlySet<string>;
  readonly dispatched: boolean;
}

export function gateOf(name: string, written: WrittenGate, { teams, dispatched }: GateContext): Gate {
  return {
    name,
    count: written.count ?? 1,
    by: peopleOf(written.by, teams),
    notBy: written.notBy ?? defaultNotBy(dispatched),
    ...(written.because === undefined ? {} : { because: written.because }),
  };
}

const duration = (text: string) => parseDuration(text) ?? 0;
const defaultTtl = "4h";
const defaultReview = "48h";

/** `rowsAsk`: a row that applies here has a gate of its own. */
export function environmentOf(
  name: string,
  written: Written,
  { teams, dispatched, rowsAsk }: GateContext & { readonly rowsAsk: boolean },
): Environment {
  const kind = written.kind ?? kindFromName(name) ?? "prod";
  const { approvals, emergency, windows } = written;
  const perPullRequest = kind === "ephemeral" || written.per !== undefined;
  return {
    name,
    kind,
    appliesFrom: written.appliesFrom,
    perPullRequest,
    ttl: perPullRequest ? duration(written.ttl ?? defaultTtl) : null,
    heldByBranch: written.heldBy === "branch",
    approvals: approvals === undefined ? null : gateOf(name, approvals, { teams, dispatched }),
    after: written.after ?? [],
    destroyable: written.destroyable ?? false,
    windows:
      windows === undefined || windows === "always"
        ? null
        : windows.map(parseWindow).filter((window) => "days" in window),
    freezes: (written.freezes ?? []).map(({ from, to, because }) => ({
      from: parseInstant(from) ?? 0,
      to: parseInstant(to) ?? 0,
      because: because ?? null,
    })),
    emergency:
      emergency === undefined ? null : { label: emergency.label, review: duration(emergency.review ?? defaultReview) },
    expect: { ...written.expect },
    runtimeOwned: written.runtimeOwned ?? [],
    identity: written.identity === undefined ? null : identityOf(written.identity),
    variables: written.variables ?? [],
    gated: approvals !== undefined || rowsAsk || kind === "stage" || kind === "prod",
  };
}

function identityOf({ aws, gcp }: NonNullable<Written["identity"]>): Identity {
  return {
    awsProfile: aws?.profile ?? null,
    awsRole: aws?.role ?? null,
    gcpServiceAccount: gcp?.serviceAccount ?? null,
    awsAccount: aws?.account ?? null,
    gcpProject: gcp?.project ?? null,
  };
}
