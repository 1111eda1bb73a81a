import type { Diagnostic } from "../../domain/diagnostic.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { placeOf } from "../in-file.ts";
import { problemOfImage, problemOfRun, problemsOfUse } from "../workflow-pins.ts";

/**
 * Whatever a workflow runs is the same tomorrow: actions by their commit, images by their digest, tools by one version,
 * and nothing that is run as it is downloaded. A gate that cannot fail is told as well.
 */
export const everyToolIsPinned: FileCheck = {
  name: "every-tool-is-pinned",
  find({ survey }) {
    const inFiles = <T>(pick: (facts: ReturnType<typeof survey.workflows.get> & object) => readonly T[]) =>
      [...survey.workflows].flatMap(([file, facts]) => pick(facts).map((fact) => ({ file, ...fact })));
    const found = [
      each(
        inFiles(({ uses }) => uses),
        (use) => problemsOfUse(use).map((said) => told(said, use)),
      ),
      each(
        inFiles(({ images }) => images),
        (image) => problemOfImage(image.text).map((said) => told(said, image)),
      ),
      each(
        inFiles(({ runs }) => runs),
        (run) => problemOfRun(run).map((said) => told(said, run)),
      ),
      each(survey.tools.unpinned, (tool) => [problem(tool.code, placeOf(tool), [tool.summary, tool.hint])]),
    ];
    return {
      count: found.slice(0, 3).reduce((sum, { count }) => sum + count, survey.tools.count),
      diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
    };
  },
};

function told(
  { severity, code, summary, hint }: ReturnType<typeof problemOfRun>[number],
  place: Parameters<typeof placeOf>[0],
): Diagnostic {
  return (severity === "error" ? problem : warning)(code, placeOf(place), [summary, hint]);
}
