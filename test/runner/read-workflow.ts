import { parse } from "yaml";
import { workflowParser } from "../../scripts/workflow-parser.ts";
import { InvalidWorkflow, UnknownToRunner } from "./errors.ts";
import { type Fields, fieldsOf, listOf, textOrNull } from "./fields.ts";
import { readTrigger } from "./read-trigger.ts";
import type {
  Asked,
  Call,
  Defaults,
  JobWritten,
  Scalar,
  StepWritten,
  Strategy,
  Trigger,
  Variables,
  Workflow,
  Written,
} from "./workflow.ts";

const read = new Map<string, Promise<Workflow>>();

/** Reads a file of workflows: first GitHub's own reader, which knows where which context may stand, then this one. */
export function readWorkflow(path: string, text: string): Promise<Workflow> {
  const key = `${path}\0${text}`;
  const known = read.get(key) ?? readAnew(path, text);
  read.set(key, known);
  return known;
}

async function readAnew(path: string, text: string): Promise<Workflow> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = (await workflowParser()).workflows;
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  if (value !== undefined && context.errors.getErrors().length === 0) await convertWorkflowTemplate(context, value);
  const [problem] = context.errors.getErrors();
  if (problem !== undefined) throw new InvalidWorkflow(`${path}: ${problem.message}`);
  const top = fieldsOf(path, parse(text) as Written);
  const name = textOrNull(top, "name");
  const jobs = fieldsOf(`${path}: jobs`, top.take("jobs"));
  const workflow: Workflow = {
    path,
    name: name ?? path,
    runName: textOrNull(top, "run-name"),
    on: readOn(path, top.take("on")),
    permissions: readPermissions(path, top.take("permissions")),
    env: readVariables(`${path}: env`, top.take("env")),
    defaults: readDefaults(`${path}: defaults`, top.take("defaults")),
    concurrency: top.take("concurrency"),
    jobs: new Map(jobs.names().map((id) => [id, readJob(`${path}: ${id}`, id, jobs.take(id))])),
  };
  top.end();
  jobs.end();
  return workflow;
}

function readOn(path: string, on: Written): ReadonlyMap<string, Trigger> {
  if (typeof on === "string") return new Map([[on, readTrigger(`${path}: on`, on, null)]]);
  if (Array.isArray(on))
    return new Map(listOf(`${path}: on`, on).map((event) => [event, readTrigger(`${path}: on`, event, null)]));
  const events = fieldsOf(`${path}: on`, on);
  return new Map(
    events.names().map((event) => [event, readTrigger(`${path}: on: ${event}`, event, events.take(event))]),
  );
}

/** What `permissions:` can name, whether or not the look-alike has anything behind it. */
const grantable = new Set([
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
]);

function readPermissions(what: string, written: Written): Asked | null {
  if (written === null) return null;
  if (written === "read-all" || written === "write-all") return written;
  const fields = fieldsOf(`${what}: permissions`, written);
  return new Map(
    fields.names().map((name) => {
      const level = fields.take(name);
      if (!grantable.has(name) || (level !== "read" && level !== "write" && level !== "none"))
        throw new UnknownToRunner(`${what}: permissions: ${name}: ${String(level)}`);
      return [name, level];
    }),
  );
}

export function readVariables(what: string, written: Written): Variables {
  if (written === null) return {};
  const fields = fieldsOf(what, written);
  return Object.fromEntries(
    fields.names().map((name) => {
      const value = fields.take(name);
      if (typeof value === "object" && value !== null) throw new UnknownToRunner(`${what}: ${name} is no scalar`);
      return [name, value];
    }),
  );
}

function readDefaults(what: string, written: Written): Defaults {
  if (written === null) return { shell: null, workingDirectory: null };
  const fields = fieldsOf(what, written);
  const run = fieldsOf(`${what}: run`, fields.take("run"));
  const defaults = { shell: textOrNull(run, "shell"), workingDirectory: textOrNull(run, "working-directory") };
  fields.end();
  run.end();
  return defaults;
}

function readJob(what: string, id: string, written: Written): JobWritten {
  const fields = fieldsOf(what, written);
  const needs = fields.take("needs");
  const steps = fields.take("steps");
  const runsOn = fields.take("runs-on");
  if (runsOn !== null && !/^ubuntu-(latest|\d\d\.\d\d)$/.test(String(runsOn)))
    throw new UnknownToRunner(`${what}: runs-on: ${JSON.stringify(runsOn)}`);
  const job: JobWritten = {
    id,
    name: textOrNull(fields, "name"),
    needs: needs === null ? [] : typeof needs === "string" ? [needs] : listOf(`${what}: needs`, needs),
    if: readCondition(fields),
    permissions: readPermissions(what, fields.take("permissions")),
    env: readVariables(`${what}: env`, fields.take("env")),
    defaults: readDefaults(`${what}: defaults`, fields.take("defaults")),
    concurrency: fields.take("concurrency"),
    environment: fields.take("environment"),
    outputs: Object.fromEntries(
      Object.entries(readVariables(`${what}: outputs`, fields.take("outputs"))).map(([name, text]) => [
        name,
        String(text ?? ""),
      ]),
    ),
    strategy: readStrategy(`${what}: strategy`, fields.take("strategy")),
    timeoutMinutes: scalar(fields, "timeout-minutes"),
    continueOnError: scalar(fields, "continue-on-error"),
    steps:
      steps === null ? null : asList(`${what}: steps`, steps).map((step, at) => readStep(`${what}: step ${at}`, step)),
    call: readCall(what, fields),
  };
  fields.end();
  if ((job.steps === null) === (job.call === null)) throw new InvalidWorkflow(`${what}: has either steps or uses`);
  return job;
}

function readCall(what: string, fields: Fields): Call | null {
  const uses = textOrNull(fields, "uses");
  const given = readVariables(`${what}: with`, fields.take("with"));
  const secrets = fields.take("secrets");
  if (uses === null) return null;
  if (secrets === "inherit") return { uses, with: given, secrets };
  const named = readVariables(`${what}: secrets`, secrets);
  return {
    uses,
    with: given,
    secrets: Object.fromEntries(Object.entries(named).map(([name, value]) => [name, String(value ?? "")])),
  };
}

function readStrategy(what: string, written: Written): Strategy {
  if (written === null) return { matrix: null, failFast: null, maxParallel: null };
  const fields = fieldsOf(what, written);
  const strategy = {
    matrix: fields.take("matrix"),
    failFast: scalar(fields, "fail-fast"),
    maxParallel: scalar(fields, "max-parallel"),
  };
  fields.end();
  return strategy;
}

function readStep(what: string, written: Written): StepWritten {
  const fields = fieldsOf(what, written);
  const [uses, script] = [textOrNull(fields, "uses"), textOrNull(fields, "run")];
  const given = readVariables(`${what}: with`, fields.take("with"));
  const shell = textOrNull(fields, "shell");
  const workingDirectory = textOrNull(fields, "working-directory");
  const step: StepWritten = {
    id: textOrNull(fields, "id"),
    name: textOrNull(fields, "name"),
    if: readCondition(fields),
    env: readVariables(`${what}: env`, fields.take("env")),
    continueOnError: scalar(fields, "continue-on-error"),
    timeoutMinutes: scalar(fields, "timeout-minutes"),
    run: script === null ? null : { script, shell, workingDirectory },
    uses: uses === null ? null : { action: uses, with: given },
  };
  fields.end();
  if ((step.run === null) === (step.uses === null)) throw new InvalidWorkflow(`${what}: has either run or uses`);
  return step;
}

function readCondition(fields: Fields): string | null {
  const value = scalar(fields, "if");
  return value === null ? null : String(value);
}

function scalar(fields: Fields, name: string): Scalar {
  const value = fields.take(name);
  if (typeof value === "object" && value !== null) throw new UnknownToRunner(`${fields.what}: ${name} is no scalar`);
  return value;
}

function asList(what: string, written: Written): readonly Written[] {
  if (!Array.isArray(written)) throw new InvalidWorkflow(`${what}: is no list`);
  return written as readonly Written[];
}
