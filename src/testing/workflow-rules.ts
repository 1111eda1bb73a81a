/**
 * What has to hold of compiled workflows, whatever flow they come from. Each rule names the hole that it closes; the tests
 * of the compiler run all of them over everything it gives, and over workflows into which a hole was put back.
 */

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly concurrency?: unknown;
}

interface Inputs {
  readonly inputs?: Readonly<Record<string, { readonly type: string; readonly options?: readonly string[] }>>;
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> & {
    readonly workflow_dispatch?: Inputs;
    readonly workflow_call?: Inputs;
  };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Workflows by the path of their file, and what the flow says that they depend on. */
export interface Judged {
  readonly workflows: Readonly<Record<string, Workflow>>;
  readonly defaultBranch: string;
  readonly identity: "token" | "app";
  /** Whether bundles are kept in a bucket, which takes an identity of the jobs that have the keys. */
  readonly keepsBundles: boolean;
  /** Environments of GitHub that an apply may run in. */
  readonly places: readonly string[];
}

interface Seen extends Judged {
  readonly file: string;
  readonly workflow: Workflow;
  readonly id: string;
  readonly job: Job;
}

type Rule = (seen: Seen) => readonly string[];

const applyFile = ".github/workflows/plangate-apply.yml";
const ref = ({ defaultBranch }: Judged) => `github.ref == 'refs/heads/${defaultBranch}'`;
const needsOf = ({ needs = [] }: Job) => (typeof needs === "string" ? [needs] : needs);
const isTrusted = ({ environment, uses, permissions }: Job) =>
  uses !== undefined || (environment !== undefined && !environment.endsWith("-plan")) || mayWrite(permissions);
const mayWrite = (permissions: Job["permissions"] = {}) =>
  Object.entries(permissions).some(([right, how]) => how === "write" && right !== "id-token" && right !== "actions");
const told = (holds: boolean, problem: string) => (holds ? [] : [problem]);

/** All texts inside a value, with those of keys. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...texts(part)]);
}

const rules: Readonly<Record<string, Rule>> = {
  "least rights": ({ workflow, job }) => [
    ...told(JSON.stringify(workflow.permissions) === "{}", "the workflow has rights of its own"),
    ...told(job.permissions !== undefined, "the job does not say its rights"),
    ...told(job.uses !== undefined || typeof job["timeout-minutes"] === "number", "the job may run for ever"),
  ],
  "no right to write beside an identity": ({ job, file, identity, keepsBundles }) => {
    const rights = job.permissions ?? {};
    if (rights["id-token"] !== "write") return [];
    if (keepsBundles && job.environment === "plangate") return [];
    const calls = job.uses !== undefined || file === applyFile;
    const others = Object.entries(rights).filter(([right, how]) => how === "write" && right !== "id-token");
    const allowed = calls && identity === "token" ? ["contents"] : [];
    return [
      ...others.filter(([right]) => !allowed.includes(right)).map(([right]) => `an identity, and ${right}: write`),
      ...told(!texts(job).some((text) => text.includes("PLANGATE_SIGN_KEY")), "an identity, and the key that signs"),
    ];
  },
  "no secret outside its environment": ({ job }) => {
    const { secrets: handed, ...own } = job;
    const uses = texts(own).some((text) => /\bsecrets\b/.test(text));
    return [
      ...told(!uses || (job.environment !== undefined && job.uses === undefined), "a secret and no environment"),
      ...told(typeof handed !== "string", "all secrets are handed on"),
    ];
  },
  "plans have no key that opens": ({ job }) =>
    job.environment?.endsWith("-plan") === true
      ? [
          ...told(!mayWrite(job.permissions) && job.permissions?.actions !== "write", "a plan may write"),
          ...told(!texts(job).some((text) => /secrets\.PLANGATE_/.test(text)), "a plan has a key"),
        ]
      : [],
  "L12 no secret in the variables of what starts the tool": ({ job }) =>
    (job.steps ?? []).flatMap(({ name: step, run = "", env = {} }) =>
      / ci (?:decide|present|apply)\b/.test(run)
        ? Object.entries(env)
            .filter(([name, value]) => /^(?:GITHUB|PLANGATE)_/.test(name) && /\bsecrets\b|github\.token/.test(value))
            .flatMap(([name]) =>
              told(run.startsWith("exec env ") && run.includes(` -u ${name} `), `${name} stays there in "${step}"`),
            )
        : [],
    ),
  "L3 literal environments": ({ file, workflow, job, places }) => {
    const inputs = workflow.on.workflow_dispatch?.inputs ?? {};
    const called = job.uses === undefined ? undefined : job.with?.environment;
    const literal = job.environment === undefined || !job.environment.includes("${{");
    const guarded =
      file !== applyFile || job.steps?.some((step) => / ci environment$/.test(step.run ?? "") && step.if === undefined);
    return [
      ...told(literal || (file === applyFile && workflow.on.workflow_dispatch === undefined), "a computed environment"),
      ...told(called === undefined || places.includes(String(called)), `an unknown environment ${String(called)}`),
      ...told(inputs.job === undefined || inputs.job.type === "choice", "a job is asked for as free text"),
      ...told(!("environment" in inputs), "an environment is asked for"),
      ...told(guarded === true, "no look at the environment's rules first"),
    ];
  },
  "L4 keys on the default branch only": (seen) =>
    !isTrusted(seen.job) || seen.job.if?.includes(ref(seen)) === true ? [] : ["a trusted job runs from any ref"],
  "L7 no expression in a script, a guard before everything": ({ workflow, id, job }) => {
    const after = reachable(workflow, id);
    const starts = "workflow_dispatch" in workflow.on;
    const change = after.has("touched") || id === "touched" || "pull_request" in workflow.on;
    return [
      ...(job.steps ?? []).flatMap((step) => told(!step.run?.includes("${{"), `an expression in "${step.name}"`)),
      ...told(!starts || id === "guard" || after.has("guard") || (change && !isTrusted(job)), "no guard before it"),
    ];
  },
  "L13 nothing from outside in a program": ({ job }) =>
    (job.steps ?? []).flatMap((step) => [
      ...told(!step.uses?.startsWith("actions/github-script"), "a script with expressions"),
      ...told(!/github\.(event|head_ref|actor|ref_name)/.test(step.run ?? ""), `text from outside in "${step.name}"`),
    ]),
  "L14 pinned": ({ job }) => [
    ...[job.uses, ...(job.steps ?? []).map(({ uses }) => uses)].flatMap((uses) =>
      told(
        uses === undefined || /^(?:\.\/\.github\/.+|[\w-]+\/[\w-]+@[0-9a-f]{40})$/.test(uses),
        `${uses} is not pinned`,
      ),
    ),
    ...(job.steps ?? []).flatMap(({ run = "", with: given = {} }) => [
      ...told(
        !/\b(?:npx|npm)\b/.test(run) || /plangate@\d+\.\d+\.\d+\S* (?:ci |-C "\$GITHUB_WORKSPACE" )/.test(run),
        `"${run}" names no version`,
      ),
      ...told(!/@latest|\bcurl\b|\bwget\b/.test(run), `"${run}" takes what there is`),
      ...["terraform_version", "tofu_version", "node-version"].flatMap((key) =>
        told(!(key in given) || /^\d+\.\d+\.\d+/.test(String(given[key])), `${key} is not exact`),
      ),
      ...told(!("terraform_wrapper" in given) || given.terraform_wrapper === false, "a wrapper around the tool"),
    ]),
  ],
  "L16 a report that always comes": ({ workflow, id, job }) => {
    if (id !== "report")
      return told(!("touched" in workflow.jobs) || !job.name?.startsWith("plangate / "), "another job reports");
    const change = Object.keys(workflow.jobs).filter((other) => isOfChange(workflow, other));
    return [
      ...told(/^always\(\)(?: && github\.event_name != 'workflow_dispatch')?$/.test(job.if ?? ""), "it may be skipped"),
      ...change.flatMap((other) => told(needsOf(job).includes(other), `it does not wait for ${other}`)),
      ...told(
        Object.values(workflow.on).every((event) => event === null || !("paths" in event || "paths-ignore" in event)),
        "a filter of paths",
      ),
      ...told(!("types" in (workflow.on.pull_request_review ?? {})), "a review makes it anew"),
    ];
  },
  "L21 nothing cached": ({ job }) =>
    (job.steps ?? []).flatMap(({ uses = "", with: given = {} }) => [
      ...told(!/cache/i.test(uses), `${uses}`),
      ...told(
        !uses.startsWith("actions/setup-node@") || given["package-manager-cache"] === false,
        "packages are cached",
      ),
      ...told(!("cache" in given), "something is cached"),
      ...told(!uses.startsWith("actions/checkout@") || given["persist-credentials"] === false, "a token stays behind"),
    ]),
  "no skip carried over": ({ workflow, id, job }) => {
    const ownWord = (one: Job = {}) => /\b(?:always|cancelled|failure)\(\)/.test(one.if ?? "");
    const before = [...reachable(workflow, id)].filter((other) => ownWord(workflow.jobs[other]));
    return told(before.length === 0 || ownWord(job), `skipped with what comes before ${before.join(", ")}`);
  },
  "L22 nothing cancelled": ({ workflow, job }) =>
    told(workflow.concurrency === undefined && job.concurrency === undefined, "a concurrency group"),
};

function isOfChange(workflow: Workflow, id: string): boolean {
  return id === "touched" || (id !== "report" && reachable(workflow, id).has("touched"));
}

/** Jobs that the job waits for, directly or through others. */
function reachable({ jobs }: Workflow, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (from: string) => {
    for (const need of needsOf(jobs[from] ?? {})) {
      if (found.has(need)) continue;
      found.add(need);
      look(need);
    }
  };
  look(id);
  return found;
}

/** Every rule that does not hold: `L22 nothing cancelled: plangate.yml, decide: a concurrency group`. */
export function workflowProblems(judged: Judged): readonly string[] {
  return Object.entries(judged.workflows).flatMap(([file, workflow]) =>
    Object.entries(workflow.jobs).flatMap(([id, job]) =>
      Object.entries(rules).flatMap(([name, rule]) =>
        rule({ ...judged, file, workflow, id, job }).map(
          (problem) => `${name}: ${file.replace(".github/workflows/", "")}, ${id}: ${problem}`,
        ),
      ),
    ),
  );
}
