import { takesStrangers } from "../../domain/trust/open-pool.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { problemOfReach, problemOfTrust } from "../trust-statement.ts";
import { problemOfSubject, type TrustProblem } from "../trust-subject.ts";

/** Nobody is trusted by a pattern: every subject that may act as an identity is written out, and pull requests only read. */
export const noTrustIsOpen: FileCheck = {
  name: "no-trust-is-open",
  find({ survey }) {
    const configured = [...survey.configuration].map(([file, facts]) => ({ file, ...facts }));
    const ofConfiguration = <T>(pick: (facts: (typeof configured)[number]) => readonly T[]) =>
      configured.flatMap((facts) => pick(facts).map((fact) => ({ ...fact, file: facts.file })));
    const documents = [
      ...ofConfiguration(({ documents: found }) => found),
      ...survey.policies.map((policy) => ({ ...policy, within: "" })),
    ];
    const statements = documents.flatMap((document) =>
      document.statements.map((statement) => ({ ...statement, file: document.file, within: document.within })),
    );
    const subjects = [...ofConfiguration((facts) => facts.subjects), ...survey.subjects];
    const plain = [
      each(subjects, (subject) => told(problemOfSubject(subject, subject.file), subject)),
      each(statements, (statement) => told(problemOfTrust(statement), statement)),
    ];
    // One fault, one finding: what a subject or a statement shows by itself is not told once more.
    const shown = new Set([
      ...subjects.filter((one) => problemOfSubject(one, one.file) !== null).map(whereOf),
      ...statements.filter((one) => problemOfTrust(one) !== null).map(whereOf),
    ]);
    const found = [
      ...plain,
      each(
        documents.filter((document) => document.statements.length > 0 && !shown.has(whereOf(document))),
        (document) => {
          const [first] = document.statements;
          return first === undefined
            ? []
            : told(problemOfReach(document.statements), { ...first, file: document.file });
        },
      ),
      each(
        ofConfiguration(({ pools }) => pools),
        (pool) => told(takesStrangers(pool) ? openPool(pool.condition) : null, pool),
      ),
    ];
    return {
      count: found.reduce((sum, { count }) => sum + count, 0),
      diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
    };
  },
};

function whereOf({ file, within }: { readonly file: string; readonly within: string }): string {
  return `${file} ${within}`;
}

function openPool(condition: string | null): TrustProblem {
  const why = condition === null ? "it has no condition" : "its condition holds for whatever somebody names theirs";
  return {
    severity: "error",
    code: "trust-condition-missing",
    summary: `This pool takes the token of any repository in the world: ${why}.`,
    hint: "Write `attribute_condition = \"assertion.repository_id == '12345'\"`.",
  };
}

function told(
  found: TrustProblem | null,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
) {
  if (found === null) return [];
  const { severity, code, summary, hint } = found;
  return [(severity === "error" ? problem : warning)(code, { file, line, column }, [summary, hint])];
}
