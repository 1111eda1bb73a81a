import { findWorktree } from "../../../adapters/git/index.ts";
import { type LiveSettings, openSettings } from "../../../adapters/github/settings/index.ts";
import { type Audited, anotherRepositoryCode, audit, changesOf } from "../../../audit/index.ts";
import {
  type Capability,
  capabilitiesOf,
  environmentSecrets,
  keysOf,
  rulesetPrefix,
  settingsOf,
} from "../../../compile/settings/index.ts";
import { compileWorkflows } from "../../../compile/workflows/index.ts";
import { type Diagnostic, hasErrors } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import type { ForgeSettings } from "../../../domain/forge-settings.ts";
import type { SettingsChange } from "../../../domain/settings-finding.ts";
import { type Flow, type ParsedFlow, parseFlow } from "../../../flow/index.ts";
import { renderAudit, stepText } from "../../../views/audit.ts";
import { inertText } from "../../../views/inert.ts";
import { type AuditTarget, auditTarget } from "../audit-target.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowMissing, readFlowText } from "../flow-file.ts";
import { keyDiagnostics } from "../key-diagnostics.ts";
import type { Fields } from "../schema.ts";
import { version } from "../version.ts";

/** The live settings of the repository beside those that its flow needs; with `--fix`, made so. */
export async function auditCommand(context: Context, { options }: Given): Promise<Result> {
  const read = await flowOf(context);
  const target = auditTarget(context.env, options, read.flow);
  const first = settingsFor(context, read, "main");
  const live = openSettings({
    ...target,
    apps: appsIn(first),
    environments: first.environments.map(({ name }) => name),
    progress: context.progress,
    signal: context.signal,
  });
  context.progress(`reading the settings of ${target.owner}/${target.repo}`);
  const looked = await look(context, read, { target, live });
  const unmerged = await notMerged(context, live, { text: read.text, branch: looked.defaultBranch });
  if (options.fix !== true)
    return resultOf(target, looked, { before: unmerged === undefined ? [] : [{ severity: "warning", ...unmerged }] });
  if (unmerged !== undefined) return notMade(target, looked, unmerged);
  const another = looked.audited.findings.find(({ code }) => code === anotherRepositoryCode);
  if (another !== undefined) return notMade(target, looked, { code: anotherRepositoryCode, hint: another.fix });
  const changes = changesOf(looked.audited.findings);
  if (changes.length === 0) return resultOf(target, looked);
  if (!(await confirmed(context, target, { changes, yes: options.yes === true }))) {
    const hint = `Type ${target.owner}/${target.repo} when asked, or run it with --yes.`;
    return notMade(target, looked, { code: "not-confirmed", hint });
  }
  await make(context, live, changes);
  const made = changes.map(({ step }) => stepText(step));
  return resultOf(target, await look(context, read, { target, live }), { made });
}

type Why = Pick<Diagnostic, "code" | "hint"> & { readonly summary?: string };

/**
 * Settings follow the flow that was reviewed: one that is on its way may not loosen what holds it. A default branch
 * that has no flow yet is where everybody starts.
 */
async function notMerged(
  context: Context,
  live: LiveSettings,
  { text, branch }: { readonly text: string; readonly branch: string },
): Promise<(Why & { readonly summary: string }) | undefined> {
  const { flow: file } = context.options;
  const merged = await live.file(file, branch);
  const lines = (of: string) => of.replaceAll("\r\n", "\n");
  if (merged === undefined || lines(merged) === lines(text)) return undefined;
  return {
    code: "flow-not-merged",
    summary: `${file} here is not the one on ${branch}, which is what the settings have to hold.`,
    hint: `Merge it first, or switch to ${branch} and pull; then run this again.`,
  };
}

function notMade(target: AuditTarget, looked: Looked, why: Why): Result {
  const diagnostic = { severity: "error", summary: "Nothing was changed.", ...why } as const;
  // What differs was shown, or is beside the point: why nothing was done is not to be scrolled away by it.
  return { ...resultOf(target, looked), exitCode: 3, diagnostics: [diagnostic], text: "" };
}

interface FlowRead {
  readonly flow: Flow;
  readonly text: string;
  readonly placeOf: ParsedFlow["placeOf"];
}

async function flowOf(context: Context): Promise<FlowRead> {
  const file = context.options.flow;
  const worktree = await findWorktree(directoryOf(context.options), context.env);
  const text = await readFlowText(context, worktree);
  if (text === undefined) throw new InputError([flowMissing(file)]);
  const { value, diagnostics, placeOf } = parseFlow(text, { file });
  if (value === undefined) throw new InputError(diagnostics.filter(({ severity }) => severity === "error"));
  return { flow: value, text, placeOf };
}

/** What the flow needs; fails where it asks for what no setting can be made from. */
function settingsFor(context: Context, { flow, placeOf }: FlowRead, defaultBranch: string): ForgeSettings {
  const about = { flowFile: context.options.flow, defaultBranch, ...(placeOf === undefined ? {} : { placeOf }) };
  const { settings, diagnostics } = settingsOf(flow, about);
  if (hasErrors(diagnostics)) throw new InputError(diagnostics.filter(({ severity }) => severity === "error"));
  return settings;
}

/** Apps that the settings name, to be known by their numbers. */
function appsIn({ rulesets }: ForgeSettings): readonly string[] {
  const passing = rulesets.flatMap(({ bypass_actors }) =>
    bypass_actors.flatMap(({ actor_type, actor }) => (actor_type === "Integration" ? [actor] : [])),
  );
  const checking = rulesets.flatMap(({ rules }) =>
    rules.flatMap(({ parameters }) => {
      const checks = parameters?.required_status_checks;
      return (Array.isArray(checks) ? checks : []).map(({ integration }) => String(integration));
    }),
  );
  return [...new Set([...passing, ...checking])];
}

/** A repository's live settings. */
interface Asked {
  readonly target: AuditTarget;
  readonly live: LiveSettings;
}

interface Looked {
  readonly defaultBranch: string;
  readonly audited: Audited;
  readonly capabilities: readonly Capability[];
}

async function look(context: Context, read: FlowRead, { target, live }: Asked): Promise<Looked> {
  const { flow } = read;
  const seen = await live.read();
  const { default_branch: defaultBranch } = seen.about;
  const declared = settingsFor(context, read, defaultBranch);
  const capabilities = capabilitiesOf(flow, declared, seen.about);
  const asking = capabilities.find(({ feature }) => feature === "environment-reviewers");
  const about = { stacks: [], flowFile: context.options.flow, version: version(), defaultBranch };
  const audited = audit(declared, seen, {
    rulesetPrefix,
    asksPeople: asking?.available !== false,
    environmentSecrets,
    keys: keysOf(flow, declared),
    compiled: compileWorkflows(flow, about).files,
    repository: {
      ...target,
      name: target.repo,
      id: flow.repository?.id ?? null,
      ownerId: flow.repository?.ownerId ?? null,
    },
  });
  return { defaultBranch, audited, capabilities };
}

async function confirmed(
  context: Context,
  { owner, repo }: AuditTarget,
  { changes, yes }: { readonly changes: readonly SettingsChange[]; readonly yes: boolean },
): Promise<boolean> {
  const shown = changes.map(({ step, loosens }) => `  ${stepText(step)}${loosens ? " (allows more)" : ""}`).join("\n");
  if (yes) {
    context.progress(shown);
    return true;
  }
  const name = `${owner}/${repo}`;
  const many = changes.length === 1 ? "this change" : `these ${changes.length} changes`;
  // Whoever is asked sees what for, also where progress is not shown.
  const question = `${inertText(shown)}\nType the repository's name (${name}) to make ${many}: `;
  return (await context.ask(question)) === name;
}

/** One after the other, and none after one that failed: what was made stays, and a second run makes the rest. */
async function make(context: Context, live: LiveSettings, changes: readonly SettingsChange[]): Promise<void> {
  for (const [index, { step }] of changes.entries()) {
    try {
      context.signal.throwIfAborted();
      context.progress(`${index + 1} of ${changes.length}: ${stepText(step)}`);
      await live.perform(step);
    } catch (error) {
      if (!(error instanceof DeliveryError) && !context.signal.aborted) throw error;
      const { code, message, reaction, hint, detail } =
        error instanceof DeliveryError
          ? error
          : new DeliveryError({ code: "cancelled", message: "changing the settings", reaction: "stop" });
      const done = `${index} of ${changes.length} changes were made; \`plangate audit --fix\` makes the rest.`;
      throw new DeliveryError({ code, message, reaction, detail, hint: hint === undefined ? done : `${hint} ${done}` });
    }
  }
}

/** What is told besides: changes that were made, and what is to be known first. */
interface Besides {
  readonly made?: readonly string[];
  readonly before?: readonly Diagnostic[];
}

function resultOf(
  target: AuditTarget,
  { audited, capabilities }: Looked,
  { made = [], before = [] }: Besides = {},
): Result {
  const { findings, notOffered } = audited;
  const byRepository = notOffered.map((one) => ({ ...one, available: false, source: null }));
  const told = new Set(
    capabilities.filter(({ available }) => available !== true).map(({ feature }) => String(feature)),
  );
  const all = [...capabilities, ...byRepository.filter(({ feature }) => !told.has(feature))];
  return {
    exitCode: findings.length === 0 ? 0 : 3,
    diagnostics: [...before, ...keyDiagnostics(audited)],
    fields: {
      repository: `${target.owner}/${target.repo}`,
      findings: findings.map(({ changes, ...finding }) => ({ ...finding, fixable: changes.length > 0 })),
      capabilities: all,
      changed: made,
    } satisfies Fields<"audit">,
    text: renderAudit({
      repository: `${target.owner}/${target.repo}`,
      host: new URL(target.apiUrl).host,
      findings,
      missing: [
        ...capabilities.filter(({ available }) => available !== true),
        ...notOffered.map((one) => ({ ...one, why: `${one.feature}: ${one.why}` })),
      ],
      changes: changesOf(findings).length,
      made,
    }),
  };
}
