import type { Clock } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import { type Forge, openForge } from "../real/forge/index.ts";
import { type GitHubApp, openApp } from "./app.ts";
import { actionsBot, nobody, openTokens } from "./bearer.ts";
import { type Fault, openFaults } from "./faults.ts";
import type { AccountPlan, Hub } from "./hub.ts";
import { openIssuer } from "./id-token.ts";
import type { Issuer } from "./issuer.ts";
import { emptyKept, type Kept } from "./kept.ts";
import { openLimits } from "./limits.ts";
import { askMergeGroup } from "./merge-group.ts";
import type { Permissions } from "./permissions.ts";
import { routes } from "./routes/index.ts";
import { openRuns, type Runs } from "./runs.ts";
import { jobToken, seat } from "./seats.ts";
import { type Exchange, startServer } from "./server.ts";
import type { Webhooks } from "./telling.ts";
import { openWebhooks } from "./webhooks.ts";

export interface GitHubAbout {
  /** The repositories' folder. */
  readonly dir: string;
  readonly clock: Clock;
  /** What the account pays for; `enterprise` when left out. */
  readonly plan?: AccountPlan;
  /** Owners that are organisations; `acme` when left out. */
  readonly organizations?: readonly string[];
  /** What the app was granted; everything that plangate asks for when left out. */
  readonly appPermissions?: Permissions;
  /** Looks at each exchange and names what is wrong with it; `close()` fails with all of that. */
  readonly check?: (exchange: Exchange) => readonly string[];
}

/** Whose token it is to be. */
export type TokenAbout =
  /** A person's: it may what they may. */
  | { readonly person: string }
  /** An installation's: it acts as the app. */
  | { readonly installation: Permissions; readonly repositories?: readonly string[] }
  /** A job's `GITHUB_TOKEN`, with what `permissions:` gives it. */
  | { readonly job: Permissions; readonly repository: string };

/**
 * GitHub as a program sees it: REST, Git over HTTP, on a forge of real Git repositories. For tests only, and strict: a
 * request that no endpoint is known for, or an answer that `check` finds wrong, makes `close()` fail.
 */
export interface GitHub {
  /** The base of the API as on github.com, and of Git and pages as everywhere; Enterprise's API is at `/api/v3`. */
  readonly url: string;
  readonly forge: Forge;
  readonly app: GitHubApp;
  /** What GitHub keeps of a repository besides, to look at. */
  kept(repository: string): Kept;
  tokenFor(about: TokenAbout): Promise<string>;
  revoke(token: string): void;
  /** GitHub's runners: what they do is no request of anybody's. */
  readonly runs: Runs;
  /** What happened, as GitHub tells it, and what of it starts workflows. */
  readonly webhooks: Webhooks;
  /** A merge queue has come to a pull request: what it would make of the base is to be checked. Gives that commit. */
  askMergeGroup(repository: string, number: number): Promise<CommitSha>;
  /** The next request that it fits is met by this failure. */
  failNext(fault: Fault): void;
  /** Leaves a login (empty: strangers) so many requests for the hour. */
  leaveRequests(login: string, remaining: number): void;
  /** Every request so far, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Ends the server; fails with everything that was asked for and is not known here, or was answered wrongly. */
  close(): Promise<void>;
}

/** What plangate's app asks to be granted. */
export const appPermissions: Permissions = {
  actions: "write",
  administration: "write",
  checks: "write",
  contents: "write",
  deployments: "write",
  environments: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
  actions_variables: "write",
  secrets: "write",
};

export async function openGitHub(about: GitHubAbout): Promise<GitHub> {
  const forge = openForge({ dir: about.dir, clock: about.clock });
  const app = openApp(about.appPermissions ?? appPermissions);
  const [tokens, faults, limits] = [openTokens(), openFaults(), openLimits()];
  const kept = new Map<string, Kept>();
  const problems: string[] = [];
  const exchanges: Exchange[] = [];
  let [url, lastId] = ["", 1_000_000];
  // Making a key takes a while, and few tests need one.
  let issuer: Issuer | undefined;
  const hub: Hub = {
    get issuer() {
      issuer ??= openIssuer(hub);
      return issuer;
    },
    forge,
    clock: about.clock,
    tokens,
    limits,
    app,
    plan: about.plan ?? "enterprise",
    organizations: about.organizations ?? ["acme"],
    url: () => url,
    kept(repository) {
      const found = kept.get(repository) ?? emptyKept();
      kept.set(repository, found);
      return found;
    },
    nextId: () => ++lastId,
    unknown: (what) => void problems.push(`no endpoint is known for ${what}`),
    tell: (event) => webhooks.tell(event),
    webhooks: () => webhooks,
    runAgain: (repository, run, failedOnly) => runs.again(repository, run, failedOnly),
    cancelRun: (repository, run) => runs.cancel(repository, run),
    approveRun: (repository, run) => runs.approve(repository, run),
  };
  const webhooks = openWebhooks(hub);
  const runs = openRuns(hub);
  forge.listen((events) => {
    for (const event of events) webhooks.tell(event);
  });
  for (const login of [actionsBot, app.login]) forge.addUser({ login, bot: true });
  const server = await startServer({
    hub,
    routes,
    faults,
    saw(exchange) {
      exchanges.push(exchange);
      for (const problem of about.check?.(exchange) ?? [])
        problems.push(`${exchange.method} ${exchange.path} (${exchange.status}): ${problem}`);
    },
    unknown: hub.unknown,
  });
  url = server.url;
  return {
    url,
    forge,
    app,
    kept: hub.kept,
    tokenFor: (wanted) => tokenFor(hub, wanted),
    revoke: tokens.revoke,
    runs,
    webhooks,
    askMergeGroup: (repository, number) => askMergeGroup(hub, repository, number),
    failNext: faults.add,
    leaveRequests: limits.leave,
    exchanges,
    async close() {
      try {
        await webhooks.settled();
      } finally {
        await server.close();
        forge.close();
      }
      if (problems.length > 0)
        throw new InternalError(`the look-alike GitHub was used wrongly:\n${problems.join("\n")}`);
    },
  };
}

async function tokenFor(hub: Hub, wanted: TokenAbout): Promise<string> {
  if ("person" in wanted) {
    if (!hub.forge.state.users.some(({ login }) => login === wanted.person))
      throw new InternalError(`nobody is called ${wanted.person}: add the user to the forge first`);
    return hub.tokens.make({ ...nobody, kind: "person", login: wanted.person, permissions: null });
  }
  const expiresAt = hub.clock.now() + 3600 * 1000;
  if ("installation" in wanted) {
    const { installation, repositories } = wanted;
    const all = hub.forge.state.repositories.map(({ name }) => name);
    for (const repository of repositories ?? all) await seat(hub, repository, hub.app.login);
    const bearer = { ...nobody, kind: "installation", login: hub.app.login, permissions: installation } as const;
    return hub.tokens.make({ ...bearer, repositories: repositories ?? null, expiresAt });
  }
  return jobToken(hub, { permissions: wanted.job, repository: wanted.repository, run: null });
}
