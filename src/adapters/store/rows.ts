import type { PersonalAnswer } from "../../domain/answer.ts";
import { canonicalJson } from "../../domain/digest.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import { manifestText, type PlanManifest, planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import type { BranchHold, Run, StackLease } from "../../domain/run.ts";
import type { Row, Values } from "./connection.ts";
import { corruptStore } from "./sqlite-error.ts";

/** A column whose type the schema holds. The row was written by `…Values` below, so its words are those of the domain. */
const column = <T>(row: Row, name: string): T => row[name] as T;

function jsonColumn<T>(row: Row, name: string, file: string): T {
  const text = row[name];
  if (text === null || text === undefined) return null as T;
  try {
    return JSON.parse(text as string) as T;
  } catch {
    throw corruptStore(file, `a row's ${name} cannot be read`);
  }
}

const jsonValue = (value: unknown) => (value === null ? null : canonicalJson(value));

export function runValues(run: Run): Values {
  return {
    id: run.id,
    stack: run.stack,
    source: canonicalJson(run.source),
    mode: run.mode,
    state: run.state,
    code: run.code,
    why: run.why,
    plan: run.plan,
    due: jsonValue(run.due),
    revision: run.revision,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    holder: jsonValue(run.holder),
  };
}

export function runIn(row: Row, file: string): Run {
  return {
    id: column(row, "id"),
    stack: column(row, "stack"),
    source: jsonColumn(row, "source", file),
    mode: column(row, "mode"),
    state: column(row, "state"),
    code: column(row, "code"),
    why: column(row, "why"),
    plan: column(row, "plan"),
    due: jsonColumn(row, "due", file),
    revision: column(row, "revision"),
    createdAt: column(row, "created_at"),
    updatedAt: column(row, "updated_at"),
    holder: jsonColumn(row, "holder", file),
  };
}

export function planValues(plan: StoredPlan): Values {
  return {
    digest: plan.digest,
    run: plan.manifest.run,
    manifest: manifestText(plan.manifest),
    speculative: plan.speculative,
    shown: canonicalJson(plan.shown),
    carried_from: plan.carriedFrom,
  };
}

/** A manifest that no longer gives its digest was altered in the file, and is not handed out. */
export function planIn(row: Row, file: string): StoredPlan {
  const manifest = column<string>(row, "manifest");
  const plan: StoredPlan = {
    digest: column(row, "digest"),
    manifest: jsonColumn<PlanManifest>(row, "manifest", file),
    speculative: column(row, "speculative"),
    shown: jsonColumn(row, "shown", file),
    carriedFrom: column(row, "carried_from"),
  };
  if (planDigestOf(manifest) !== plan.digest)
    throw corruptStore(file, `the manifest of plan ${plan.digest} was altered`);
  return plan;
}

export function answerValues(answer: PersonalAnswer): Values {
  const { by, at, via, says, environment, stack, plan, commit } = answer;
  return { by, at, via, says, pull_request: answer.pullRequest, environment, stack, plan, commit };
}

export function answerIn(row: Row): PersonalAnswer {
  return {
    by: column(row, "by"),
    at: column(row, "at"),
    via: column(row, "via"),
    says: column(row, "says"),
    pullRequest: column(row, "pull_request"),
    environment: column(row, "environment"),
    stack: column(row, "stack"),
    plan: column(row, "plan"),
    commit: column(row, "commit"),
  };
}

export function holdIn(row: Row): BranchHold {
  return {
    stack: column(row, "stack"),
    branch: column(row, "branch"),
    by: column(row, "by"),
    since: column(row, "since"),
  };
}

export function leaseIn(row: Row, file: string): StackLease {
  return {
    stack: column(row, "stack"),
    run: column(row, "run"),
    fence: column(row, "fence"),
    since: column(row, "since"),
    holder: jsonColumn(row, "holder", file),
  };
}

export function entryValues(entry: LedgerEntry): Values {
  const { seq, at, kind, prev, hash } = entry;
  return { seq, at, kind, body: canonicalJson(entry.body), prev, hash };
}

/**
 * An entry as it stands in the file, altered or not: judging that is `checkLedger`'s. A body that is not the text we
 * write is handed out as one that cannot have the entry's hash, so that the check names the entry instead of failing.
 */
export function entryIn(row: Row): LedgerEntry {
  const at = column<number>(row, "at");
  return {
    seq: column(row, "seq"),
    at: Math.abs(at) <= 8.64e15 ? at : 0,
    kind: column(row, "kind"),
    body: bodyIn(column(row, "body")),
    prev: column(row, "prev"),
    hash: column(row, "hash"),
  };
}

function bodyIn(text: string): LedgerEntry["body"] {
  try {
    const body = JSON.parse(text) as LedgerEntry["body"];
    if (canonicalJson(body) === text) return body;
  } catch {
    // Not JSON: told below.
  }
  return { altered: text };
}
