import { lstatSync, readFileSync } from "node:fs";
import * as z from "zod";
import { commitOrNothing, commitSha, login, pullRequestNumber, refName } from "../../adapters/github-events/index.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json-value.ts";
import type { Job } from "./job.ts";

/** GitHub cuts what is larger. */
const mostBytes = 25 * 1024 * 1024;

/** What a workflow was started by. Whoever opened a pull request wrote much of it. */
export interface Payload {
  readonly body: JsonObject;
  /** Null where the event tells nothing of the repository. */
  readonly defaultBranch: string | null;
  /** What GitHub says of the repository, on which depends what it offers there; null likewise. */
  readonly offer: { readonly visibility: "public" | "private" | "internal"; readonly ofEnterprise: boolean } | null;
}

const aboutRepository = z.object({
  repository: z.object({
    default_branch: refName,
    private: z.boolean().optional(),
    visibility: z.string().max(100).optional(),
  }),
  enterprise: z.unknown().optional(),
});

/** Reads the event's file; fails where it is no event. */
export function readPayload(job: Pick<Job, "event">): Payload {
  const about = lstatSync(job.event.file, { throwIfNoEntry: false });
  if (about === undefined || !about.isFile() || about.size > mostBytes) throw unreadable("it is no file, or too large");
  let body: unknown;
  try {
    body = JSON.parse(readFileSync(job.event.file, "utf8"));
  } catch {
    throw unreadable("it is no JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw unreadable("it is no JSON object");
  const parsed = aboutRepository.safeParse(body);
  return {
    body: body as JsonObject,
    defaultBranch: parsed.data?.repository.default_branch ?? null,
    offer: parsed.data === undefined ? null : offerIn(parsed.data),
  };
}

/** An enterprise is told where the organization is of one, and on every Enterprise Server. */
function offerIn({ repository, enterprise }: z.output<typeof aboutRepository>): Payload["offer"] {
  const { private: hidden, visibility } = repository;
  if (hidden === undefined) return null;
  const known = visibility === "internal" ? "internal" : hidden ? "private" : "public";
  return { visibility: known, ofEnterprise: typeof enterprise === "object" && enterprise !== null };
}

const change = z.object({
  pull_request: z.object({
    number: pullRequestNumber,
    base: z.object({ ref: refName, sha: commitSha }),
    head: z.object({ ref: refName, sha: commitSha }),
  }),
});
const mergeGroup = z.object({ merge_group: z.object({ head_sha: commitSha, base_sha: commitSha }) });
const push = z.object({ ref: z.string().max(1024), before: commitOrNothing, after: commitOrNothing });
const release = z.object({ release: z.object({ tag_name: refName }) });
const deletion = z.object({ ref: refName, ref_type: z.string().max(20), sender: z.object({ login }) });
const dispatch = z.object({
  inputs: z
    .object({
      event: z.string().max(1200).optional(),
      run: z.string().max(20).optional(),
      job: z.string().max(1200).optional(),
    })
    .nullish(),
});

/** The pull request that a body is about; `undefined` where it is about none. */
export function changeIn({ body }: Payload) {
  return change.safeParse(body).data?.pull_request;
}

/** What a merge queue would make the base: from what to what; `undefined` where the body is about none. */
export function mergeGroupIn({ body }: Payload) {
  const group = mergeGroup.safeParse(body).data?.merge_group;
  return group === undefined ? undefined : { before: group.base_sha, after: group.head_sha };
}

/** The branch that was pushed to, and from what to what. */
export function pushIn({ body }: Payload) {
  const parsed = push.safeParse(body).data;
  const branch = refName.safeParse(parsed?.ref.replace(/^refs\/heads\//, "")).data;
  if (parsed === undefined || branch === undefined || !parsed.ref.startsWith("refs/heads/")) return undefined;
  return { branch, before: parsed.before, after: parsed.after };
}

export function releaseIn({ body }: Payload): string | undefined {
  return release.safeParse(body).data?.release.tag_name;
}

/** The branch that was deleted, and by whom. */
export function deletionIn({ body }: Payload) {
  const parsed = deletion.safeParse(body).data;
  return parsed?.ref_type === "branch" ? { branch: parsed.ref, by: parsed.sender.login } : undefined;
}

export interface GivenWithDispatch {
  readonly event: string;
  readonly run: string;
  readonly job: string;
  /** What of it cannot be read, in sentences: the dispatch then counts as one that gave nothing. */
  readonly unreadable: readonly string[];
}

/** What plangate, or a person, gave with a dispatch; empty texts are as good as none. */
export function dispatchIn({ body }: Payload): GivenWithDispatch {
  const parsed = dispatch.safeParse(body);
  const { event = "", run = "", job = "" } = parsed.data?.inputs ?? {};
  if (parsed.success) return { event, run, job, unreadable: [] };
  const names = [...new Set(parsed.error.issues.map(({ path }) => path.join(".") || "inputs"))].join(", ");
  const sentence = `The inputs of this start cannot be read (${names}), so it counts as a start without any: what waits is looked at, and nothing else.`;
  return { event, run, job, unreadable: [sentence] };
}

function unreadable(why: string): DeliveryError {
  return new DeliveryError({
    code: "event-malformed",
    message: `reading the event that started the workflow: ${why}`,
    reaction: "stop",
    hint: "GITHUB_EVENT_PATH names the file that the runner writes.",
  });
}
