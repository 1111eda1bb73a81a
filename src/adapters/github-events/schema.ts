import * as z from "zod";
import { commitOrNothing, commitSha, label, login, pullRequestNumber, refName, refToDeliver, word } from "./words.ts";

/** What we read of GitHub's webhook bodies. Other fields are left alone: GitHub adds some every few weeks. */

const action = z.string().max(100);
const person = z.object({ login });
const user = person.extend({ type: z.string().optional() });
const body = z
  .string()
  .nullish()
  .transform((text) => text ?? "");
const fullRef = z.string().max(1024);
const sender = person;

export const pullRequest = z.object({
  action,
  number: pullRequestNumber,
  pull_request: z.object({
    number: pullRequestNumber,
    merged: z.boolean().nullish(),
    merge_commit_sha: commitSha.nullish(),
    merged_by: person.nullish(),
    base: z.object({ ref: refName, sha: commitSha }),
    head: z.object({ ref: refName, sha: commitSha }),
  }),
  /** Set by an edit that moved it to another base. */
  changes: z.object({ base: z.object({}).nullish() }).nullish(),
  sender,
});

export const review = z.object({ action, pull_request: z.object({ number: pullRequestNumber }), sender });

export const issueComment = z.object({
  action,
  issue: z.object({ number: pullRequestNumber, pull_request: z.object({}).nullish() }),
  comment: z.object({ id: z.int().min(1).optional(), body, user }),
});

export const commitComment = z.object({ action, comment: z.object({ body, user, commit_id: commitSha }) });

export const push = z.object({
  ref: fullRef,
  before: commitOrNothing,
  after: commitOrNothing,
  deleted: z.boolean().optional(),
  sender,
});

/** Values of inputs are texts, and numbers and booleans where the workflow says so; GitHub gives one that was left empty as an empty text. */
const inputs = z
  .record(word, z.union([word, z.number(), z.boolean()]).nullable())
  .nullish()
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given ?? {}).flatMap(([name, value]) =>
        value === null || value === "" ? [] : [[name, String(value)]],
      ),
    ),
  );

export const workflowDispatch = z.object({ workflow: word, ref: fullRef, inputs, sender });

export const repositoryDispatch = z.object({
  action: label,
  branch: refName.nullish(),
  client_payload: z.object({ job: label.nullish(), ref: refToDeliver.nullish(), inputs }).nullish(),
  sender,
});

export const schedule = z.object({ schedule: z.string().max(100) });

export const release = z.object({
  action,
  release: z.object({ tag_name: refName, target_commitish: refName.nullish(), draft: z.boolean().optional() }),
  sender,
});

export const deploymentReview = z.object({
  action,
  environment: label.nullish(),
  approver: person.nullish(),
  workflow_job_runs: z.array(z.object({ environment: label.nullish() })).nullish(),
  sender,
});

export const deploymentProtectionRule = z.object({ action, environment: label.nullish() });

export const checkRun = z.object({
  action,
  check_run: z.object({ name: word.nullish(), external_id: word.nullish() }),
  sender,
});
