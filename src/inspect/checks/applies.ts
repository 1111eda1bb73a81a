import { each, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { placeOf } from "../in-file.ts";

/** What stands behind the mark of a comment is no command. */
const command = /^[^#\n]*\b(?:terraform|tofu|terragrunt)(?:[ \t][^\n|;&#]{0,300}?)?[ \t](?:apply|destroy)\b/m;
const action =
  /^[\w.-]+\/(?:[\w.-]*[/-])?(?:terraform|tofu|opentofu|terragrunt)-(?:apply|destroy(?:-workspace)?)(?:[@/]|$)/i;

/** No workflow applies or destroys beside the flow: what it does waits for no approval, and moves states under plans that do. */
export const noWorkflowAppliesByItself: FileCheck = {
  name: "no-workflow-applies-by-itself",
  find({ survey }) {
    const steps = [...survey.workflows].flatMap(([file, { runs, uses }]) => [
      ...runs.map((run) => ({ file, ...run, applies: command.test(run.text) })),
      ...uses.map((use) => ({ file, ...use, applies: action.test(use.text) })),
    ]);
    return each(steps, ({ applies, ...step }) =>
      applies
        ? [
            warning("applied-elsewhere", placeOf(step), [
              "This workflow applies or destroys by itself: nobody approves what it does, and it moves states under plans that wait.",
              "Take the step out once plangate delivers what it applies.",
            ]),
          ]
        : [],
    );
  },
};
