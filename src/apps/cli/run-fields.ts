import { instantText } from "../../domain/names.ts";
import { pullRequestOf, type Run } from "../../domain/run.ts";
import type { Fields } from "./schema.ts";

/** A run as `--json` shows it. */
export function runFields(run: Run): Fields<"apply">["run"] {
  const { source, due } = run;
  return {
    id: run.id,
    stack: run.stack,
    state: run.state,
    code: run.code,
    why: run.why,
    commit: due?.commit ?? ("commit" in source ? source.commit : source.head),
    pullRequest: pullRequestOf(source),
    source: source.kind,
    mode: run.mode,
    plan: run.plan,
    due:
      due === null
        ? null
        : {
            kind: due.kind,
            by: due.by,
            ref: due.ref,
            at: instantText(due.at),
            job: due.job,
            ...(due.breakGlass === undefined ? {} : { breakGlass: due.breakGlass }),
          },
    createdAt: instantText(run.createdAt),
    updatedAt: instantText(run.updatedAt),
  };
}
