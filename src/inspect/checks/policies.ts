import type { Diagnostic } from "../../domain/diagnostic.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck, Inspected } from "../check.ts";
import { problemsOfStatement } from "../policy-lint.ts";
import { policyFolderOf } from "../policy-text.ts";

/**
 * Where a team keeps its policy documents in a folder `policies`, all of them lie there: in one place, in files that
 * can be read and linted. A repository without such a folder has not chosen this yet, and is told so once.
 */
export const policiesLieInOneFolder: FileCheck = {
  name: "policies-lie-in-one-folder",
  find(about) {
    const { policies } = about.survey;
    const [folder] = [...new Set(policies.flatMap(({ file }) => policyFolderOf(file) ?? []))].sort(byDepth);
    const inline = documentsOf(about).filter(({ how }) => how !== "block");
    const count = policies.length + inline.length;
    if (folder === undefined) return { count, diagnostics: noFolder([...inline, ...policies].slice(0, 1), count) };
    const files = each(policies, ({ file }) => {
      const own = policyFolderOf(file);
      if (own === folder) return [];
      const summary = `A policy lies here, and not under ${folder}.`;
      // A folder of that name elsewhere may belong to a module.
      const complain = own === undefined ? problem : warning;
      return [complain("policy-elsewhere", { file, line: 1, column: 1 }, [summary, `Move it to ${folder}.`])];
    });
    const written = each(inline, ({ file, line, column, how, within }) => {
      const summary = `${within} has its policy written into it (${how}), and not in a file under ${folder}.`;
      const hint = `Move it to ${folder} and read it with file() or templatefile().`;
      return [problem("policy-inline", { file, line, column }, [summary, hint])];
    });
    return { count, diagnostics: [...files.diagnostics, ...written.diagnostics] };
  },
};

function noFolder(
  first: readonly { readonly file: string; readonly line?: number; readonly column?: number }[],
  count: number,
): readonly Diagnostic[] {
  return first.map(({ file, line = 1, column = 1 }) =>
    warning("policy-inline", { file, line, column }, [
      `There is no folder "policies": ${count === 1 ? "this policy lies" : `${count} policies lie`} where nobody looks for ${count === 1 ? "it" : "them"}.`,
      "Keep policies as files in one folder `policies`, and read them with file() or templatefile().",
    ]),
  );
}

function byDepth(left: string, right: string): number {
  return left.split("/").length - right.split("/").length || (left < right ? -1 : 1);
}

/** Every policy document can be read, is one that the cloud takes, and does not give everything away. */
export const everyPolicyIsSound: FileCheck = {
  name: "every-policy-is-sound",
  find(about) {
    const files = each(about.survey.policies, ({ file, problem: why, isComputed }) => {
      const place = { file, line: 1, column: 1 };
      if (why !== null) return [problem("policy-invalid", place, [`This policy is no JSON: ${why}.`])];
      if (!isComputed) return [];
      const summary = "Loops or choices decide what this policy will be, so nothing says what it allows.";
      return [warning("policy-computed", place, [summary, "Write one file for each case."])];
    });
    const statements = [...about.survey.policies, ...documentsOf(about)].flatMap((document) =>
      document.statements.map((statement) => ({ file: document.file, statement })),
    );
    const found = each(statements, ({ file, statement }) =>
      problemsOfStatement(statement).map(({ severity, code, summary, hint }) =>
        (severity === "error" ? problem : warning)(code, { file, line: statement.line, column: statement.column }, [
          summary,
          hint,
        ]),
      ),
    );
    return { count: files.count + found.count, diagnostics: [...files.diagnostics, ...found.diagnostics] };
  },
};

function documentsOf({ survey }: Inspected) {
  return [...survey.configuration].flatMap(([file, { documents }]) =>
    documents.map((document) => ({ file, ...document })),
  );
}
