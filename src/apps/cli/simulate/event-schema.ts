import * as z from "zod";
import {
  commitSha,
  label,
  login,
  pullRequestNumber,
  refName,
  refToDeliver,
  runId,
  stackName,
  treeSha,
  word,
} from "../../../adapters/github-events/index.ts";
import type { Event } from "../../../domain/event.ts";

/** An event in plangate's own words, as a file holds it. Nothing may be left out: null says that there is none. */
const by = login;
const pullRequest = pullRequestNumber;
const run = runId;
const mode = z.enum(["normal", "destroy", "refresh-only"]);
const kind = <const Kind extends Event["kind"]>(name: Kind) => z.literal(name);

export const eventFile: z.ZodType<Event> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: kind("pull-request"),
    action: z.enum(["opened", "synchronized", "reopened", "edited", "ready", "labeled", "retargeted"]),
    pullRequest,
    by,
  }),
  z.strictObject({ kind: kind("closed"), pullRequest, by }),
  z.strictObject({ kind: kind("merge"), pullRequest, branch: refName, commit: commitSha, by }),
  z.strictObject({
    kind: kind("push"),
    branch: refName,
    before: commitSha.nullable(),
    commit: commitSha.nullable(),
    by,
  }),
  z.strictObject({
    kind: kind("answer"),
    by,
    pullRequest: pullRequest.nullable(),
    environment: label.nullable(),
  }),
  z.strictObject({
    kind: kind("command"),
    command: z.enum(["plan", "release", "take", "merge"]),
    pullRequest,
    stack: stackName.nullable(),
    by,
  }),
  z.strictObject({
    kind: kind("dispatch"),
    job: label,
    ref: refToDeliver,
    by,
    inputs: z.record(word, word),
  }),
  z.strictObject({ kind: kind("release"), tag: refName, commit: commitSha, by }),
  z.strictObject({ kind: kind("schedule"), cron: word }),
  z.strictObject({ kind: kind("tick") }),
  z.strictObject({ kind: kind("rerun"), run, by }),
  z.strictObject({ kind: kind("local-plan"), stack: stackName, mode, by, commit: commitSha, tree: treeSha.nullable() }),
  z.strictObject({
    kind: kind("local-apply"),
    run,
    by,
    breakGlass: word.nullable(),
    typedName: word.nullable(),
  }),
  z.strictObject({ kind: kind("run-planned"), run, outcome: z.enum(["changes", "no-changes", "failed"]) }),
  z.strictObject({ kind: kind("apply-ready"), run }),
  z.strictObject({ kind: kind("run-applied"), run, outcome: z.enum(["applied", "failed", "refused"]) }),
  z.strictObject({ kind: kind("run-verified"), run, outcome: z.enum(["verified", "failed"]) }),
  z.strictObject({ kind: kind("run-lost"), run }),
  z.strictObject({ kind: kind("lease-ended"), stack: stackName }),
]);

/** Every kind that there is. */
export const eventKinds = {
  "pull-request": true,
  closed: true,
  merge: true,
  push: true,
  answer: true,
  command: true,
  dispatch: true,
  release: true,
  schedule: true,
  tick: true,
  rerun: true,
  "local-plan": true,
  "local-apply": true,
  "run-planned": true,
  "apply-ready": true,
  "run-applied": true,
  "run-verified": true,
  "run-lost": true,
  "lease-ended": true,
} as const satisfies Readonly<Record<Event["kind"], true>>;
