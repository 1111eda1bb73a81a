import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findWorktree, listWorkingFiles, openRepository, type Worktree } from "../../../adapters/git/index.ts";
import type { Surroundings } from "../../../adapters/github-events/index.ts";
import { systemClock } from "../../../adapters/system/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import type { JsonObject } from "../../../domain/json-value.ts";
import { type Flow, parseFlow, type Stack, stacksIn } from "../../../flow/index.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowMissing } from "../flow-file.ts";
import type { Fields } from "../schema.ts";
import { concernedBy } from "../simulate/concerned.ts";
import { readEvent } from "../simulate/read-event.ts";
import { readFacts } from "../simulate/read-facts.ts";
import { readJsonObject } from "../simulate/read-json.ts";
import { type Simulated, simulate } from "../simulate/simulate.ts";
import { factsTemplate } from "../simulate/template.ts";
import { actionFields, simulatedText } from "../simulate/view.ts";

/**
 * What plangate would do about an event, and why, decided offline from the flow on disk and the facts that are given.
 * Nothing is performed, asked for, or written.
 */
export async function simulateCommand(context: Context, { options }: Given): Promise<Result> {
  const place = await findPlace(context);
  const flow = await readFlowOf(context, place.top);
  const stacks = await stacksOf(context, flow, place.worktree);
  const file = String(options.event);
  const read = await withRepository(context, place.worktree, async (commitOf) =>
    readEvent(await readFrom(context, file), {
      file,
      name: typeof options.eventName === "string" ? options.eventName : null,
      surroundings: { jobs: jobsOf(flow), commitOf },
    }),
  );
  if ("problems" in read) throw new InputError(read.problems);
  const about = read.events.map((event) => ({ event, concerned: concernedBy(flow, event, stacks) }));
  const diagnostics = read.notes.map(noteOf);
  if (options.factsTemplate === true) {
    const template = factsTemplate(flow, about);
    const fields = { ...nothingDecided, event: read.events[0] ?? null, events: read.events, template };
    return { exitCode: 0, diagnostics, fields, text: JSON.stringify(template, null, 2) };
  }
  const factsName = typeof options.facts === "string" ? options.facts : null;
  const body = factsName === null ? {} : await readFrom(context, factsName);
  const simulated: Simulated[] = [];
  const plans = new Map<string, string | null>();
  for (const { event, concerned } of about) {
    const facts = readFacts(body, {
      flow,
      file: factsName ?? "",
      now: systemClock.now(),
      concerned: concerned.stacks,
    });
    if ("problems" in facts) throw new InputError(facts.problems);
    for (const { run } of facts.given.facts.stacks) if (run != null) plans.set(run.id, run.plan);
    simulated.push(simulate(flow, event, { given: facts.given, concerned }));
  }
  const actionsOf = (one: Simulated) =>
    one.decision.actions.map((action) => actionFields(flow, action, (run) => plans.get(run) ?? null));
  return {
    exitCode: 0,
    diagnostics,
    fields: {
      event: read.events[0] ?? null,
      events: read.events,
      actions: simulated.flatMap((one, index) =>
        actionsOf(one).map((action) => (simulated.length > 1 ? { ...action, event: index } : action)),
      ),
      reasons: simulated.flatMap(({ decision }) => decision.reasons),
      unknown: [...new Set(simulated.flatMap(({ unknown }) => unknown))],
    } satisfies Fields<"simulate">,
    text: simulated.length === 0 ? "Nothing happened for plangate." : simulatedText(simulated, actionsOf),
  };
}

const nothingDecided = { actions: [], reasons: [], unknown: [] };

function noteOf(note: string): Diagnostic {
  return { severity: "warning", code: "event-note", summary: note };
}

interface Place {
  /** Where the flow file and its paths are seen from. */
  readonly top: string;
  /** Null outside of a repository: then only the flow tells which stacks there are. */
  readonly worktree: Worktree | null;
}

async function findPlace(context: Context): Promise<Place> {
  const directory = directoryOf(context.options);
  try {
    const worktree = await findWorktree(directory, context.env);
    return { top: worktree.top, worktree };
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "not-a-repository") return { top: directory, worktree: null };
    throw error;
  }
}

async function readFlowOf(context: Context, top: string): Promise<Flow> {
  const file = context.options.flow;
  const text = await readFile(join(top, file), "utf8").catch(() => undefined);
  if (text === undefined) throw new InputError([flowMissing(file)]);
  const { value, diagnostics } = parseFlow(text, { file });
  if (value === undefined) throw new InputError(diagnostics);
  return value;
}

async function stacksOf(context: Context, flow: Flow, worktree: Worktree | null): Promise<readonly Stack[]> {
  if (worktree === null) return [];
  const { files } = await listWorkingFiles(worktree, context.env);
  return (
    stacksIn(
      flow,
      files.map(({ path }) => path),
    ).value ?? []
  );
}

async function withRepository<T>(
  context: Context,
  worktree: Worktree | null,
  use: (commitOf: Surroundings["commitOf"]) => Promise<T>,
): Promise<T> {
  if (worktree === null) return use(async () => undefined);
  const repository = openRepository(worktree.top, context.env as NodeJS.ProcessEnv);
  try {
    return await use((ref) => repository.resolve(ref));
  } finally {
    repository.close();
  }
}

function readFrom(context: Context, file: string): Promise<JsonObject> {
  return readJsonObject(file === "-" ? file : resolve(directoryOf(context.options), file), file);
}

function jobsOf(flow: Flow): Surroundings["jobs"] {
  return flow.when.flatMap(({ on, job, workflow }) => (on === "dispatch" && job !== null ? [{ job, workflow }] : []));
}
