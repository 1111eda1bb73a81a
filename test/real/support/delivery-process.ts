/**
 * A process that delivers, for tests that end it: `node delivery-process.mjs JSON`. Its work is the real one; only the
 * store can be told to end the process at one of its writes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../../../src/adapters/git/index.ts";
import { systemClock } from "../../../src/adapters/system/index.ts";
import { localForge } from "../../../src/apps/cli/local-forge.ts";
import { deliver, deliverOne } from "../../../src/delivery/deliver.ts";
import type { Change, Store } from "../../../src/delivery/ports.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { PullRequestFacts } from "../../../src/domain/facts.ts";
import { checkLedger, type NewLedgerEntry } from "../../../src/domain/ledger.ts";
import type { CommitSha, Login, RunId, StackName } from "../../../src/domain/names.ts";
import type { Run } from "../../../src/domain/run.ts";
import { parseFlow } from "../../../src/flow/index.ts";
import { type Embedded, openEmbedded } from "../../../src/hosts/embedded/index.ts";

/** Which write of the apply ends the process, by what it records; and on which side of it. */
export interface Kill {
  readonly step: string;
  readonly when: "before" | "after";
}

export interface Task {
  readonly top: string;
  readonly commit: string;
  readonly stack: string;
  readonly do:
    | {
        readonly kind: "apply";
        /** A person at their own terminal, or the flow, whose wish outlives the process. */
        readonly askedBy: "person" | "flow";
        readonly kill: Kill | null;
      }
    | { readonly kind: "survive" };
}

/** What applying told before it ended or was ended. */
export interface Applied {
  readonly run: RunId;
  /** Each write of the apply so far, by the entries of the ledger that it made. */
  readonly writes: readonly string[];
}

/** What a process found that came after. */
export interface Survived {
  /** The run's state after recovery alone, and after everything was tried to have its plan applied once more. */
  readonly recovered: Run["state"];
  readonly tried: Run["state"];
  /** The leases that stand after recovery. */
  readonly leases: number;
  readonly brokenAt: unknown;
  /** The outcome of each new plan and apply until a plan was empty. */
  readonly after: readonly Run["state"][];
}

const task = JSON.parse(process.argv[2] ?? "") as Task;
const by = "email:ann@acme.example" as Login;
const stack = task.stack as StackName;
const commit = task.commit as CommitSha;
const answer = task.do.kind === "apply" ? await apply(task.do) : await survive(readAnswer<Applied>("apply").run);
writeFileSync(answerFile(task.do.kind), JSON.stringify(answer));

function answerFile(kind: Task["do"]["kind"]): string {
  return join(task.top, "..", `${kind}.json`);
}

function readAnswer<T>(kind: Task["do"]["kind"]): T {
  return JSON.parse(readFileSync(answerFile(kind), "utf8")) as T;
}

async function open(wrapStore?: (store: Store) => Store): Promise<Embedded> {
  const flow = parseFlow(readFileSync(join(task.top, "plangate.yaml"), "utf8"), { file: "plangate.yaml" }).value;
  if (flow === undefined) throw new Error("the flow of the test does not parse");
  return openEmbedded({
    repository: task.top,
    home: join(task.top, ".plangate"),
    flow,
    clock: systemClock,
    forge: {
      ...localForge({ flow, repository: openRepository(task.top, process.env), clock: systemClock }),
      maintainers: async () => [by],
      pullRequestsOf: async (head) => [mergedChange(head)],
    },
    env: process.env,
    progress: (line) => void process.stderr.write(`${line}\n`),
    localStateBase: (root) => join(task.top, root),
    ...(wrapStore === undefined ? {} : { wrapStore }),
  });
}

/** How every commit came to the branch, as the flow asks. */
function mergedChange(head: CommitSha): PullRequestFacts {
  const about = { number: 1, headBranch: "change", base: "main", opener: by, headSince: 0, openedAt: 0 } as const;
  const nothing = {
    writers: [],
    issues: [],
    trustedPaths: [],
    answers: [],
    labels: [],
    sections: [],
    codeOwners: [],
    mergeCommits: 0,
    carries: [],
    baseAhead: false,
    unresolved: 0,
  } as const;
  return { ...about, ...nothing, state: "merged", draft: false, fork: false, head };
}

async function plan({ delivery, store }: Embedded): Promise<Run> {
  await deliver(delivery, { kind: "local-plan", stack, mode: "normal", by, commit, tree: null });
  const [run] = await store.runs({ stack, limit: 1 });
  if (run === undefined) throw new Error("no run was made");
  return run;
}

async function apply({ askedBy, kill }: Task["do"] & { kind: "apply" }): Promise<Applied> {
  const writes: string[] = [];
  let run: RunId | undefined;
  const embedded = await open((store) => ({
    ...store,
    write: async (change: Change) => {
      if (run === undefined) return store.write(change);
      const step = change.ledger.map(nameOf).join(", ");
      writes.push(step);
      const killed = kill?.step === step;
      if (killed && kill.when === "before") return end();
      const written = await store.write(change);
      return killed ? end() : written;
    },
  }));
  const event = await asked(embedded, askedBy);
  run = event.run;
  writeFileSync(answerFile("apply"), JSON.stringify({ run, writes }));
  await deliver(embedded.delivery, event);
  await embedded.close();
  return { run, writes };
}

/** Makes a plan, and gives the event that has it applied. */
async function asked(
  embedded: Embedded,
  askedBy: "person" | "flow",
): Promise<Event & { kind: "local-apply" | "run-planned" }> {
  const { delivery } = embedded;
  if (askedBy === "person")
    return { kind: "local-apply", run: (await plan(embedded)).id, by, breakGlass: null, typedName: null };
  const { events } = await deliverOne(delivery, { kind: "dispatch", job: "Ship", ref: "main", by, inputs: {} });
  const planned = events.find((event) => event.kind === "run-planned");
  if (planned?.kind !== "run-planned") throw new Error("the dispatch planned nothing");
  return planned;
}

function nameOf({ kind, body }: NewLedgerEntry): string {
  if (kind === "run-advanced") return `${kind} ${String(body.state)}`;
  if (kind === "decided") return `${kind} ${String((body.event as { kind?: unknown }).kind)}`;
  return kind;
}

/** Nothing of this process happens after it, not even what other promises of it would do. */
function end(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

/** Recovers, tries everything that could apply a run's plan once more, and then does what a person would do. */
async function survive(id: RunId): Promise<Survived> {
  const embedded = await open();
  const { delivery, store } = embedded;
  const stateOf = async () => (await store.run(id))?.state ?? "queued";
  await embedded.recover();
  const recovered = await stateOf();
  const leases = (await store.leases()).length;
  await deliver(delivery, { kind: "tick" });
  await deliver(delivery, { kind: "answer", by, pullRequest: null, environment: "dev" });
  await deliver(delivery, { kind: "rerun", run: id, by });
  await deliver(delivery, { kind: "lease-ended", stack });
  for (const breakGlass of [null, "it has to be"])
    await deliver(delivery, { kind: "local-apply", run: id, by, breakGlass, typedName: stack });
  const tried = await stateOf();
  const after: Run["state"][] = [];
  for (let tries = 0; tries < 5 && after.at(-1) !== "no-changes"; tries++) {
    const run = await plan(embedded);
    if (run.state !== "no-changes")
      await deliver(delivery, { kind: "local-apply", run: run.id, by, breakGlass: null, typedName: null });
    after.push((await store.run(run.id))?.state ?? "queued");
  }
  const { brokenAt } = checkLedger(await Array.fromAsync(store.ledger()));
  await embedded.close();
  return { recovered, tried, leases, brokenAt, after };
}
