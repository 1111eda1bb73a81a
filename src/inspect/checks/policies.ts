import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { policyFolderOf } from "../policy-text.ts";

/**
 * Where a team keeps its policy documents in a folder `policies`, all of them lie there: in one place, in files that
 * can be read and linted. A repository without such a folder has not chosen this, and is not held to it.
 */
export const policiesLieInOneFolder: FileCheck = {
  name: "policies-lie-in-one-folder",
  find({ survey }) {
    const folders = new Set(survey.policies.flatMap(({ file }) => policyFolderOf(file) ?? []));
    const folder = [...folders].sort()[0];
    if (folder === undefined) return { count: 0, diagnostics: [] };
    const files = each(survey.policies, ({ file, problem: why }) => {
      const place = { file, line: 1, column: 1 };
      if (why !== null) return [problem("policy-invalid", place, [`This policy is no JSON: ${why}.`])];
      if (policyFolderOf(file) === folder) return [];
      return [
        warning("policy-elsewhere", place, [`A policy lies here, and not under ${folder}.`, `Move it to ${folder}.`]),
      ];
    });
    const inline = [...survey.configuration].flatMap(([file, { documents }]) =>
      documents.map((document) => ({ file, ...document })),
    );
    const written = each(inline, ({ file, line, column, how, within }) => {
      const summary = `${within} has its policy written into it (${how}), and not in a file under ${folder}.`;
      const hint = `Move it to ${folder} and read it with file() or templatefile().`;
      return [warning("policy-inline", { file, line, column }, [summary, hint])];
    });
    return { count: files.count + written.count, diagnostics: [...files.diagnostics, ...written.diagnostics] };
  },
};
