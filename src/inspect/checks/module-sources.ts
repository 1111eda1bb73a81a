import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { problemOfSource } from "../module-source.ts";
import { isLocal } from "../modules.ts";

/** Every module from elsewhere is pinned: by a tag that names a version, a commit, an exact version, or a checksum. */
export const everyModuleIsPinned: FileCheck = {
  name: "every-module-is-pinned",
  find({ survey }) {
    const calls = [...survey.configuration].flatMap(([file, facts]) => facts.calls.map((call) => ({ file, ...call })));
    const foreign = calls.filter(({ source }) => !isLocal(source));
    return each(foreign, ({ file, line, column, name, source, version }) => {
      const place = { file, line, column };
      if (source === null) {
        const summary = `Where the module "${name}" comes from is computed, so nobody can tell whether it is pinned.`;
        return [warning("module-source-unknown", place, [summary, "Write its source as a plain text."])];
      }
      const found = problemOfSource(source, version);
      if (found === null) return [];
      if (found.kind === "moves") {
        const summary = `The module "${name}" is taken from "${found.ref}", which may be another one tomorrow.`;
        return [problem("module-ref-moves", place, [summary, found.hint])];
      }
      return [
        problem("module-unpinned", place, [
          `The module "${name}" is not pinned: it may be another one tomorrow.`,
          found.hint,
        ]),
      ];
    });
  },
};
