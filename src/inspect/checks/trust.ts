import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { problemOfTrust } from "../trust-statement.ts";
import { problemOfSubject, type TrustProblem } from "../trust-subject.ts";

/** Nobody is trusted by a pattern: every subject that may act as an identity is written out, and pull requests only read. */
export const noTrustIsOpen: FileCheck = {
  name: "no-trust-is-open",
  find({ survey }) {
    const configured = [...survey.configuration].map(([file, facts]) => ({ file, ...facts }));
    const ofConfiguration = <T>(pick: (facts: (typeof configured)[number]) => readonly T[]) =>
      configured.flatMap((facts) => pick(facts).map((fact) => ({ ...fact, file: facts.file })));
    const documents = [...ofConfiguration(({ documents: found }) => found), ...survey.policies];
    const statements = documents.flatMap((document) =>
      document.statements.map((statement) => ({ ...statement, file: document.file })),
    );
    const subjects = [...ofConfiguration((facts) => facts.subjects), ...survey.subjects];
    const found = [
      each(subjects, (subject) => told(problemOfSubject(subject, subject.file), subject)),
      each(statements, (statement) => told(problemOfTrust(statement), statement)),
      each(
        ofConfiguration(({ pools }) => pools),
        (pool) => told(pool.restricted ? null : openPool, pool),
      ),
    ];
    return {
      count: found.reduce((sum, { count }) => sum + count, 0),
      diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
    };
  },
};

const openPool: TrustProblem = {
  severity: "error",
  code: "trust-condition-missing",
  summary: "This pool takes the token of any repository in the world: it has no condition.",
  hint: "Write `attribute_condition = \"assertion.repository_id == '12345'\"`.",
};

function told(
  found: TrustProblem | null,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
) {
  if (found === null) return [];
  const { severity, code, summary, hint } = found;
  return [(severity === "error" ? problem : warning)(code, { file, line, column }, [summary, hint])];
}
