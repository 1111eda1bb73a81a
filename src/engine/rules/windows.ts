import { instantText } from "../../domain/names.ts";
import { pullRequestOf } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Environment } from "../../flow/flow.ts";
import { isAmong } from "../people.ts";
import { type ApplyCase, type Rule, waiting, yes } from "../rule.ts";
import { type Closed, whyClosed } from "../windows.ts";

const name = "windows";

/**
 * Now is a time at which the environment may be changed. The emergency label waives that, and nothing else: set by
 * somebody whom the environment's approvals name, on the pull request that is delivered. The yes has a code then, so
 * that a review afterwards is asked for.
 */
export const windowsRule: Rule = {
  name,
  needs: [],
  judge(about) {
    const { environment, facts } = about;
    const closed = whyClosed(environment, facts.now);
    if (closed === null) return yes(name, openText(environment));
    const sentence = closedText(environment, closed);
    const waivedBy = whoWaives(about);
    if (waivedBy !== null) {
      const waived = `${sentence}; ${waivedBy} waived that with the label ${environment.emergency?.label}`;
      return { ...yes(name, waived), code: "emergency-used" };
    }
    const code = closed.kind === "freeze" ? "frozen" : "outside-window";
    return closed.until === null
      ? waiting(name, code, sentence, { after: "a window" })
      : waiting(name, code, sentence, { until: closed.until });
  },
};

function openText(environment: Environment): string {
  return environment.windows === null && environment.freezes.length === 0
    ? `${environment.name} may be changed at any time`
    : `${environment.name} may be changed now`;
}

function closedText(environment: Environment, closed: Closed): string {
  if (closed.kind === "freeze") {
    const because = closed.freeze.because === null ? "" : ` (${closed.freeze.because})`;
    return `${environment.name} is frozen until ${instantText(closed.freeze.to)}${because}`;
  }
  return `${environment.name} is changed within ${(environment.windows ?? []).map(({ text }) => text).join(", ")} only`;
}

/** Who set the emergency label, when that person may. */
function whoWaives({ environment, facts, stack, run }: ApplyCase): string | null {
  const { emergency, approvals } = environment;
  const number = pullRequestOf(run.source);
  if (emergency === null || approvals === null || number === null) return null;
  const change = (stack.changes ?? []).find((candidate) => candidate.number === number);
  const label = change?.labels.find((candidate) => candidate.name === emergency.label);
  return label !== undefined && isAmong(approvals.by, label.by, facts) === true ? label.by : null;
}

/** What has to be looked at afterwards, when a window or freeze was waived. */
export function waivedIn(reason: Verdict): Verdict | undefined {
  return reason.children?.find((child) => child.rule === name && child.code === "emergency-used");
}
