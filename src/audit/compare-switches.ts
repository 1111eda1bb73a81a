import type { ActionsSettings, ForgeSettings, SettingValue } from "../domain/forge-settings.ts";
import type { Seen, SeenSettings } from "../domain/seen-settings.ts";
import type { NotOffered, SettingsFinding } from "../domain/settings-finding.ts";

/** What the switches of Actions show: findings, and switches that this GitHub does not have. */
export interface Switched {
  readonly findings: readonly SettingsFinding[];
  readonly notOffered: readonly NotOffered[];
}

interface Told {
  readonly code: string;
  readonly loophole?: string;
  readonly fix: string;
  /** What holds where GitHub has no such switch; absent where every GitHub has it. */
  readonly fallback?: string;
}

type Switches = { readonly [Part in keyof ActionsSettings]: { readonly [Key in keyof ActionsSettings[Part]]: Told } };

const forkFallback = "The compiled workflows plan nothing for forks before a person trusts them.";

/** Every switch of Actions that is declared, and what it means when it stands otherwise. */
const switches: Switches = {
  permissions: {
    enabled: { code: "actions-off", fix: "Turn Actions on: nothing of the flow runs now." },
    sha_pinning_required: {
      code: "actions-not-pinned",
      loophole: "L14",
      fix: "Require actions to be pinned by commit: a tag of somebody else's can be moved.",
      fallback: "The compiled workflows pin each action by commit; `plangate check` looks at the others.",
    },
  },
  workflow: {
    default_workflow_permissions: {
      code: "token-may-write",
      loophole: "L36",
      fix: "Give workflows a token that reads: what needs more asks for it in its file.",
    },
    can_approve_pull_request_reviews: {
      code: "workflows-may-approve",
      loophole: "L18",
      fix: "Keep workflows from opening and approving pull requests.",
    },
  },
  fork_pr_contributor_approval: {
    approval_policy: {
      code: "forks-run-unasked",
      loophole: "L12",
      fix: "Ask before workflows run for anybody from outside: planning runs their code.",
      fallback: forkFallback,
    },
  },
  fork_pr_workflows_private_repos: {
    run_workflows_from_fork_pull_requests: {
      code: "forks-run-unasked",
      loophole: "L12",
      fix: "Run no workflows for pull requests from forks.",
      fallback: forkFallback,
    },
    send_write_tokens_to_workflows: {
      code: "forks-get-tokens",
      loophole: "L12",
      fix: "Send forks no token that writes.",
      fallback: forkFallback,
    },
    send_secrets_and_variables: {
      code: "forks-get-secrets",
      loophole: "L12",
      fix: "Send forks no secrets.",
      fallback: forkFallback,
    },
    require_approval_for_fork_pr_workflows: {
      code: "forks-run-unasked",
      loophole: "L12",
      fix: "Ask before workflows run for a fork.",
      fallback: forkFallback,
    },
  },
  artifact_and_log_retention: {
    days: {
      code: "kept-too-short",
      loophole: "L9",
      fix: "Keep artifacts longer than a stored plan may wait, or shorten `apply.maxAge`.",
      fallback: "A plan whose artifact is gone is planned and approved anew.",
    },
  },
  oidc_customization_sub: {
    use_default: {
      code: "subject-customised",
      loophole: "L28",
      fix: "Use GitHub's own form of the subject: identities are bound to that one.",
      fallback: "Bind identities to the subject that this GitHub gives.",
    },
    use_immutable_subject: {
      code: "subject-by-name",
      loophole: "L28",
      fix: "Put numbers into the subject, which nobody else ever gets. Let identities trust the new form first.",
      fallback:
        "Identities are bound by name: whoever gets the repository's name gets them. Trust its numbers where the cloud can.",
    },
  },
};

export function compareActions(declared: ActionsSettings, seen: SeenSettings): Switched {
  // GitHub asks about forks in one way for public repositories, and in another for all others.
  const other = seen.about.visibility === "public" ? "fork_pr_workflows_private_repos" : "fork_pr_contributor_approval";
  const asked = (Object.keys(switches) as readonly (keyof ActionsSettings)[]).filter((part) => part !== other);
  const parts = asked.map((part) =>
    comparePart(part, { declared: declared[part], seen: seen.actions[part], longest: seen.longestRetention }),
  );
  return {
    findings: parts.flatMap(({ findings }) => findings),
    notOffered: parts.flatMap(({ notOffered }) => notOffered),
  };
}

interface Part {
  readonly declared: ActionsSettings[keyof ActionsSettings];
  readonly seen: Seen<Readonly<Record<string, unknown>>>;
  readonly longest: number | null;
}

function comparePart(part: keyof ActionsSettings, { declared, seen, longest }: Part): Switched {
  if (seen.kind === "hidden") return { findings: [hidden(`actions.${part}`, seen.why, declared)], notOffered: [] };
  const told: Readonly<Record<string, Told>> = switches[part];
  const findings: SettingsFinding[] = [];
  const notOffered: NotOffered[] = [];
  for (const [key, { fallback, ...about }] of Object.entries(told)) {
    const where = `actions.${part}.${key}`;
    const written = (declared as Readonly<Record<string, SettingValue>>)[key] ?? null;
    const wanted = key === "days" && longest !== null ? Math.min(Number(written), longest) : written;
    const live = seen.kind === "seen" ? seen.value[key] : undefined;
    if (wanted !== written)
      notOffered.push({
        feature: where,
        why: `${written} days are wanted, and ${wanted} is the most here.`,
        fallback: fallback ?? about.fix,
      });
    if (live === undefined) {
      const why = seen.kind === "seen" ? "This GitHub has no such switch." : seen.why;
      notOffered.push({ feature: where, why, fallback: fallback ?? about.fix });
    } else if (key === "days" ? Number(live) < Number(wanted) : live !== wanted) {
      const set = key === "days" ? { days: Number(wanted) } : declared;
      const changes = [{ step: { kind: "actions", part, set } as const, loosens: key === "enabled" }];
      findings.push({ ...about, where, declared: wanted, live: live as SettingValue, changes });
    }
  }
  return { findings, notOffered };
}

/** What the token may not see is never taken for good. */
export function hidden(where: string, why: string, declared: unknown): SettingsFinding {
  return {
    code: "setting-hidden",
    where,
    declared: declared as SettingValue,
    live: null,
    fix: `Give the token the right to read it: ${why}`,
    changes: [],
  };
}

export function compareMergeButtons(declared: ForgeSettings["repository"], seen: SeenSettings["repository"]) {
  if (seen.kind !== "seen") return [hidden("repository", seen.why, declared)];
  const keys = (Object.keys(declared) as readonly (keyof typeof declared)[]).filter(
    (key) => seen.value[key] !== declared[key],
  );
  // GitHub takes them in one change, and refuses a state in which none is on.
  const set = Object.fromEntries(keys.map((key) => [key, declared[key]]));
  const loosens = keys.every((key) => declared[key]);
  return keys.map(
    (key): SettingsFinding => ({
      code: "merge-setting",
      where: `repository.${key}`,
      declared: declared[key],
      live: seen.value[key],
      fix: declared[key] ? "Turn it on: the flow uses it." : "Turn it off: the flow does not merge so.",
      changes: [{ step: { kind: "merge-buttons", set }, loosens }],
    }),
  );
}

export function compareReleases(
  declared: ForgeSettings["immutable_releases"],
  seen: SeenSettings["immutable_releases"],
): Switched {
  const where = "immutable_releases";
  if (declared === null) return { findings: [], notOffered: [] };
  if (seen.kind === "hidden") return { findings: [hidden(where, seen.why, declared)], notOffered: [] };
  if (seen.kind === "not-offered") {
    const fallback = "The rules for tags keep a release's tag from being moved; what is attached to it can be changed.";
    return { findings: [], notOffered: [{ feature: where, why: seen.why, fallback }] };
  }
  if (seen.value.enabled) return { findings: [], notOffered: [] };
  const fix = "Make releases immutable: what was tested is what is delivered.";
  const changes = [{ step: { kind: "immutable-releases" } as const, loosens: false }];
  return {
    findings: [{ code: "releases-mutable", where, declared: true, live: false, loophole: "L34", fix, changes }],
    notOffered: [],
  };
}

export function compareLabels(
  declared: ForgeSettings["labels"],
  seen: SeenSettings["labels"],
): readonly SettingsFinding[] {
  if (declared.length === 0) return [];
  if (seen.kind !== "seen") return [hidden("labels", seen.why, declared)];
  const there = new Set(seen.value.map(({ name }) => name.toLowerCase()));
  return declared
    .filter(({ name }) => !there.has(name.toLowerCase()))
    .map((label) => ({
      code: "label-missing",
      where: `label "${label.name}"`,
      declared: label.name,
      live: null,
      fix: "Create it, so that people find it and spell it right.",
      changes: [{ step: { kind: "label", label } as const, loosens: false }],
    }));
}
