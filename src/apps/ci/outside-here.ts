import { mkdtempSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import { openArtifactFiles } from "../../adapters/artifacts/index.ts";
import { openArtifactBundles } from "../../adapters/bundles/index.ts";
import { openRemoteBranch } from "../../adapters/git/index.ts";
import { bringInto, renewRefs } from "../../adapters/git/job-mirror.ts";
import { openGitHubArtifacts } from "../../adapters/github/artifacts.ts";
import { type Deployments, openDeployments, type ToldHead, type Witness } from "../../adapters/github/deployments.ts";
import type { AppRights } from "../../adapters/github/forge/about.ts";
import { type Identity, openGitHubForge } from "../../adapters/github/forge/index.ts";
import { tokenOf } from "../../adapters/github/forge/token.ts";
import { openSettings } from "../../adapters/github/settings/index.ts";
import { openWorkflowRuns } from "../../adapters/github/workflow-runs.ts";
import { applyKeys, presentKeys, secretKey } from "../../adapters/keys/index.ts";
import { openRecordBranch, type RecordBranchOptions, type RecordStore } from "../../adapters/record-branch/index.ts";
import { recordBranch } from "../../compile/names.ts";
import { files } from "../../compile/workflows/naming.ts";
import type { Clock } from "../../delivery/ports.ts";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import type { Duration, Instant } from "../../domain/names.ts";
import { flowWords } from "../../hosts/flow-words.ts";
import { readFlowAt } from "./flow-at.ts";
import { type Env, type Job, mayHave, mustHave } from "./job.ts";
import { openJobBundles } from "./job-bundles.ts";
import { type JobKind, placeJobKeys } from "./job-keys.ts";
import type { Outputs } from "./outputs.ts";
import type { Outside } from "./outside.ts";
import { runsAtGate } from "./runs-at-gate.ts";
import { writeUnpacked } from "./unpacked.ts";

export interface OutsideAbout {
  readonly env: Env;
  readonly outputs: Outputs;
  /** The command's name, as what it uploads is called after it. */
  readonly command: string;
  readonly defaultBranch: string | null;
  readonly clock: Clock;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** GitHub itself, as the job's own token, or an app that the job has the key of, may reach it. */
export async function openOutside(job: Job, about: OutsideAbout): Promise<Outside> {
  const { env, clock, progress, signal, outputs } = about;
  const [owner = "", repo = ""] = job.repository.split("/");
  const asJob = { apiUrl: job.apiUrl, owner, repo, progress, signal, token: async () => mustHave(env, "GITHUB_TOKEN") };
  const runs = openWorkflowRuns(asJob);
  const artifacts = openArtifactFiles(openGitHubArtifacts(asJob), { tell: progress });
  const asSelf = { ...asJob, host: new URL(job.serverUrl).host, clock, identity: identityIn(about) };
  let opened: OpenRecord | undefined;
  const token = mayHave(env, "GITHUB_TOKEN");
  const authorization = token === null ? {} : { authorization: async () => basic(token) };
  const remote = { url: gitUrl(job), env, ...authorization };
  const bring = (dir: string, wanted: readonly string[]) => bringInto(dir, wanted, remote);
  return {
    clock,
    store: async () => {
      opened = await openRecord(job, about, {
        authorize: async () => basic(await wordOf(asSelf)),
        witnesses: (key) => openDeployments({ ...asSelf, key }),
      });
      return opened.record;
    },
    deployments: {
      begin: (deployed) => witnessesOf(opened).begin(deployed),
      end: (deployment, end) => witnessesOf(opened).end(deployment, end),
    },
    forge: async ({ flow, repository, dir, store }) =>
      openGitHubForge({
        ...asSelf,
        flow: flowWords(flow),
        repository,
        bringHead: (number) => bring(dir, [`refs/pull/${number}/head`]),
        runsAtGate: (gate) => runsAtGate({ flow, store }, gate),
        showAtGate: async (_section, markdown) => outputs.summary(markdown),
        ...(applies(about) ? {} : { keep: aLookThatDecides }),
      }),
    workflows: {
      run: runs.run,
      onlyWaits: runs.onlyWaits,
      start: (inputs) => runs.start(posix.basename(files.trusted), branchOf(job, about), inputs),
      plansOf: (run, { prefix, into }) =>
        writeUnpacked(
          artifacts.of(run, (name) => name.startsWith(prefix)),
          into,
        ),
    },
    settings: openSettings({ ...asJob, apps: [] }),
    bundles: (out, place) => {
      if (place !== null) return openJobBundles(place, { env, tell: progress, signal });
      const { record, keys: { signatures } = {} } = opened ?? {};
      if (record === undefined || signatures === undefined)
        throw new InternalError("bundles are asked for where none can be checked");
      return openArtifactBundles({
        out,
        taken: join(job.temp, "plangate-bundles"),
        artifacts,
        artifactOf: (plan) => record.bundleOf(plan),
        signatures,
        tell: progress,
      });
    },
    flowAt: readFlowAt,
    bring,
    renew: (dir) => renewRefs(dir, { ...remote, without: recordBranch }),
  };
}

interface OpenRecord {
  readonly record: RecordStore;
  readonly keys: JobRecordKeys;
  /** Null in jobs without the key of the record. */
  readonly witnesses: Deployments | null;
}

function witnessesOf(opened: OpenRecord | undefined): Deployments {
  const { witnesses = null } = opened ?? {};
  if (witnesses === null) throw new InternalError("applies are told by a job that does not write the record");
  return witnesses;
}

interface RecordAbout {
  readonly authorize: () => Promise<string>;
  readonly witnesses: (key: Uint8Array) => Deployments;
}

type JobRecordKeys = Pick<RecordBranchOptions, "signer" | "signatures" | "key">;

function branchOf({ ref }: Job, { defaultBranch }: OutsideAbout): string {
  return defaultBranch ?? ref.replace(/^refs\/heads\//, "");
}

function gitUrl({ serverUrl, repository }: Job): string {
  return `${serverUrl.replace(/\/+$/, "")}/${repository}.git`;
}

/**
 * What a job that applies asks of an app: to write the record, and to read what it decides by. What the workflow's own token
 * has there is the same.
 */
export const applyingApp: AppRights = {
  actions: "read",
  contents: "write",
  deployments: "read",
  issues: "read",
  members: "read",
  pull_requests: "read",
};

/** As an app where the job has its key, else as the workflow. */
function identityIn(about: OutsideAbout): Identity {
  const { env } = about;
  const [appId, privateKey] = [mayHave(env, "PLANGATE_APP_ID"), mayHave(env, "PLANGATE_APP_KEY")];
  if (appId !== null && privateKey !== null)
    return { kind: "app", appId, privateKey, ...(applies(about) ? { may: applyingApp } : {}) };
  if (appId === null && privateKey === null) return { kind: "token", token: env.GITHUB_TOKEN ?? "" };
  throw new DeliveryError({
    code: "setting-wrong",
    message: `acting as an app: ${appId === null ? "PLANGATE_APP_ID" : "PLANGATE_APP_KEY"} is not set`,
    reaction: "stop",
    hint: "PLANGATE_APP_ID is a variable of the repository, PLANGATE_APP_KEY a secret of the environment plangate and of each apply environment.",
  });
}

/** As long as the record's: what is decided here is decided again, with everything asked anew, before it is applied. */
const aLookThatDecides: Duration = 10_000;

function applies({ command }: OutsideAbout): boolean {
  return command === "apply";
}

/** The token that we come with. */
async function wordOf(about: Parameters<typeof tokenOf>[0]): Promise<string> {
  const token = tokenOf(about);
  return typeof token === "string" ? token : token();
}

/** What Git is told as whom it comes. */
function basic(token: string): string {
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
}

async function openRecord(
  job: Job,
  { env, clock, command }: OutsideAbout,
  { authorize, witnesses: open }: RecordAbout,
): Promise<OpenRecord> {
  const keys = await recordKeys(env, command, job.temp);
  const witnesses = keys.key === undefined ? null : open(keys.key);
  const [branch, witness] = await Promise.all([
    openRemoteBranch({
      dir: join(job.temp, "plangate-record"),
      url: gitUrl(job),
      branch: recordBranch,
      env,
      authorization: authorize,
      // An address that no forge gives anybody: commits of the record are nobody's.
      author: { name: "plangate", email: "plangate@plangate.invalid" },
    }),
    // Asked for before the record is read, which by then goes at least as far.
    witnesses?.newestHead() ?? ({ kind: "none" } satisfies Witness),
  ]);
  const artifact = `plangate-bundles-${job.run}-${job.attempt}-${command}`;
  const expecting = witness.kind === "told" ? { expectHead: { seq: witness.head.seq, hash: witness.head.hash } } : {};
  const record = await openRecordBranch({ branch, clock, artifact, ...keys, ...expecting }).catch((error: unknown) => {
    throw witness.kind === "told" ? withWitness(error, witness.head, job) : error;
  });
  if (witness.kind === "hidden") await mustBeYounger(record, witness.since, job);
  const close = async () => {
    try {
      await record.close();
    } finally {
      branch.close();
    }
  };
  return { record: { ...record, close }, keys, witnesses };
}

/** Of a record that began since then every deployment was looked through. One that is older may have been put back. */
async function mustBeYounger(record: RecordStore, since: Instant, { repository }: Job): Promise<void> {
  for await (const { at } of record.ledger()) {
    if (at >= since) return;
    throw new DeliveryError({
      code: "record-witness-hidden",
      message: `reading ${recordBranch}: none of the newest deployments of ${repository} that say they are of plangate is, and what it told lies behind them`,
      reaction: "stop",
      hint: `Somebody made them to hide what plangate told. Find out who their creator is (gh api 'repos/${repository}/deployments?task=plangate:apply'), and take them away: gh api -X POST repos/${repository}/deployments/NUMBER/statuses -f state=inactive && gh api -X DELETE repos/${repository}/deployments/NUMBER`,
    });
  }
}

/** Says which deployment knows better than the record, and how people who have looked get on. */
function withWitness(error: unknown, { seq, hash, deployment }: ToldHead, { repository }: Job): unknown {
  if (!(error instanceof DeliveryError) || error.code !== "record-rewritten") return error;
  const at = `repos/${repository}/deployments/${deployment}`;
  return new DeliveryError({
    code: error.code,
    message: error.message,
    reaction: error.reaction,
    hint: `Deployment ${deployment}, which plangate made, tells that entry ${seq} of the ledger was ${hash}. Find out who pushed to ${recordBranch}, and put it back to where it goes on from that entry. Where a new record was begun on purpose, take the deployment's word away: gh api -X POST ${at}/statuses -f state=inactive && gh api -X DELETE ${at}`,
    cause: error,
  });
}

/** Which keys the commands have that write the record; what else opens it only looks. */
const holding: Readonly<Record<string, JobKind>> = { decide: "present", present: "present", apply: "apply" };

/** The keys that hold the record. Fails where one is missing: what is written without would be anybody's. */
async function recordKeys(env: Env, command: string, temp: string): Promise<JobRecordKeys> {
  const kind = holding[command];
  if (kind === undefined) return {};
  const keys = placeJobKeys(kind, env, mkdtempSync(join(temp, "plangate-record-")));
  try {
    const { signatures } = await applyKeys(keys.dir);
    const key = await secretKey(keys.dir);
    return { signatures, key, ...(kind === "present" ? { signer: (await presentKeys(keys.dir)).signer } : {}) };
  } finally {
    keys.remove();
    rmSync(join(keys.dir, ".."), { recursive: true, force: true });
  }
}
