import type { Change, Forge, Store } from "../../delivery/ports.ts";
import type { Action } from "../../domain/decision.ts";
import type { StackName } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import type { News, Outcome } from "../happened.ts";

type Tell = (news: News) => void;

/** What came of runs is read off what is written about them: that is what counts. */
export function tellingStore(store: Store, tell: Tell): Store {
  const write = async (change: Change) => {
    const written = await store.write(change);
    if (!written.ok) return written;
    for (const run of change.updateRuns ?? []) {
      const outcome = outcomeOf(run);
      if (outcome !== null) tell({ outcome });
    }
    for (const { kind, body } of change.ledger) {
      if (kind === "approval-carried") tell({ outcome: { kind: "planned", stack: body.stack as StackName } });
      if (kind === "checked") tell({ outcome: { kind: "checked", passed: body.passed === true } });
    }
    return written;
  };
  return { ...store, write };
}

function outcomeOf({ state, stack, mode, code }: Run): Outcome | null {
  switch (state) {
    case "planned":
      return { kind: "planned", stack };
    case "applied":
      return { kind: mode === "destroy" ? "destroyed" : "applied", stack };
    case "verified":
      return mode === "destroy" ? null : { kind: "verified", stack };
    case "superseded":
      return { kind: "replaced", stack };
    case "discarded":
      return code === "drift-found" ? { kind: "drifted", stack } : null;
    default:
      return null;
  }
}

/**
 * What plangate does on the forge of its own is told where it changes something. `doing` is the action that is being
 * performed; `opened` hears of pull requests, by what they are for.
 */
export function tellingForge(
  port: Forge,
  about: {
    readonly tell: Tell;
    readonly doing: () => Action | null;
    readonly opened: (purpose: string, number: number) => void;
    /** How many issues were ever opened. */
    readonly issues: () => number | Promise<number>;
  },
): Forge {
  const { tell, doing, opened, issues } = about;
  const tellIssue = (change: "opened" | "closed") => {
    const action = doing();
    if (action?.kind === "flag") tell({ outcome: { kind: "issue", change, code: action.code } });
  };
  return {
    ...port,
    openPullRequest: async (request) => {
      const made = await port.openPullRequest(request);
      opened(request.purpose, made.number);
      if (made.opened) tell({ outcome: { kind: "opened", purpose: request.purpose } });
      return made;
    },
    raiseIssue: async (issue) => {
      const before = await issues();
      const raised = await port.raiseIssue(issue);
      if ((await issues()) > before) tellIssue("opened");
      return raised;
    },
    closeIssue: async (key, why) => {
      const closed = await port.closeIssue(key, why);
      if (closed.changed) tellIssue("closed");
      return closed;
    },
  };
}
