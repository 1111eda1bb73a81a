import { isAbsolute, join } from "node:path";
import * as z from "zod";
import { plansFolder } from "../../compile/names.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { type Login, parseLogin } from "../../domain/names.ts";
import type { Holder } from "../../domain/run.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** Longer is nothing that a runner hands to a program in one variable. */
const longest = 128 * 1024;

const text = z.string().min(1).max(4096);
const folder = text.refine(isAbsolute, "it is no absolute path");
const id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "it is no number of a run")
  .transform(Number);
const webAddress = z.url({ protocol: /^https?$/, error: "it is no address" });

const schema = z.object({
  GITHUB_WORKSPACE: folder,
  GITHUB_EVENT_NAME: text.regex(/^[a-z_]{1,60}$/, "it is no event"),
  GITHUB_EVENT_PATH: folder,
  GITHUB_REPOSITORY: text.regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, "it is no owner/name"),
  GITHUB_API_URL: webAddress,
  GITHUB_SERVER_URL: webAddress,
  GITHUB_RUN_ID: id,
  GITHUB_RUN_ATTEMPT: id,
  GITHUB_REF: text.max(1024),
  GITHUB_TRIGGERING_ACTOR: text
    .max(100)
    .transform((login) => parseLogin(login) ?? null)
    .nullish(),
  RUNNER_TEMP: folder,
});

/** The job that a command runs in, as the runner tells it. */
export interface Job {
  /** Where the repository was checked out. */
  readonly workspace: string;
  readonly event: { readonly name: string; readonly file: string };
  /** `owner/name` */
  readonly repository: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** The workflow run, and which attempt of it this is. */
  readonly run: number;
  readonly attempt: number;
  /** Who started this attempt: somebody else than the first one, where it is run again. Null where the runner does not say. */
  readonly startedBy: Login | null;
  /** What the workflow runs on, in full. */
  readonly ref: string;
  /** For what is thrown away with the job. */
  readonly temp: string;
  /** What is uploaded. */
  readonly out: string;
  /** Plans for people to read, which are uploaded by themselves. */
  readonly plans: string;
  /** This workflow run, as what it works on names it. */
  readonly holder: Holder;
}

/** Reads the runner's variables. Fails with each that is missing or is not what it should be. */
export function readJob(env: Env, directory: string): Job {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${env[String(path[0])] === undefined ? "it is not set" : message}`,
    );
    throw new DeliveryError({
      code: "setting-wrong",
      message: `reading the job's variables: ${problems.join("; ")}`,
      reaction: "stop",
      hint: "`plangate ci` runs in jobs of GitHub Actions, which `plangate compile` writes: the runner sets these variables.",
    });
  }
  const given = parsed.data;
  const server = new URL(given.GITHUB_SERVER_URL).host;
  return {
    workspace: given.GITHUB_WORKSPACE,
    event: { name: given.GITHUB_EVENT_NAME, file: given.GITHUB_EVENT_PATH },
    repository: given.GITHUB_REPOSITORY,
    apiUrl: given.GITHUB_API_URL,
    serverUrl: given.GITHUB_SERVER_URL,
    run: given.GITHUB_RUN_ID,
    attempt: given.GITHUB_RUN_ATTEMPT,
    startedBy: given.GITHUB_TRIGGERING_ACTOR ?? null,
    ref: given.GITHUB_REF,
    temp: given.RUNNER_TEMP,
    out: join(directory, "plangate-out"),
    plans: join(directory, plansFolder),
    holder: holderOf(`${server}/${given.GITHUB_REPOSITORY}`, given.GITHUB_RUN_ID, given.GITHUB_RUN_ATTEMPT),
  };
}

/** The page of the workflow run. */
export function runUrl({ serverUrl, repository, run }: Pick<Job, "serverUrl" | "repository" | "run">): string {
  return `${serverUrl.replace(/\/+$/, "")}/${repository}/actions/runs/${run}`;
}

/** The page of this attempt of it: what its jobs had to say, which a later attempt does not show. */
export function attemptUrl(job: Job): string {
  return `${runUrl(job)}/attempts/${job.attempt}`;
}

/** A workflow run as the holder of what its jobs work on: another attempt of it is somebody else. */
export function holderOf(where: string, run: number, attempt: number): Holder {
  return { host: where, pid: run, startedAt: String(attempt) };
}

/** A variable that plangate's own workflows set; fails when it is not there, or longer than any runner would pass on. */
export function mustHave(env: Env, name: string, hint = compileAgain): string {
  const value = env[name];
  if (value !== undefined && value !== "" && value.length <= longest) return value;
  throw new DeliveryError({
    code: "setting-wrong",
    message: `reading the job's variables: ${name} ${value === undefined || value === "" ? "is not set" : "is too long"}`,
    reaction: "stop",
    hint,
  });
}

const compileAgain =
  "The workflows that `plangate compile` writes set it: compile them again, and look at what stands at the step.";

/** A variable that may be missing; what is empty counts as that, since GitHub passes nothing as an empty text. */
export function mayHave(env: Env, name: string): string | null {
  const value = env[name];
  if (value === undefined || value === "") return null;
  return mustHave(env, name);
}
