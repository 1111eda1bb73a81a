import type { StackPattern } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** The root modules of an entry, and where each is a stack. */
export function stackSentences(stack: StackPattern, { code, strong }: Spelling): readonly string[] {
  const { root, name, in: environments, backend, vars, verify, depends } = stack;
  const where = listed(environments.map(strong), "and");
  const called = name === undefined ? "" : ` It is called ${code(name)}.`;
  return [
    `${rootText(root, code)} In ${where} it is a stack of its own, with one state.${called}`,
    backend.length === 0
      ? "Where its state lies is written in its configuration."
      : `Its state is found with ${listed(backend.map(code), "and")}.`,
    ...(backend.some((setting) => setting.includes("{instance}"))
      ? [`${code("{instance}")} keeps the states of pull requests apart, and is empty where all share one.`]
      : []),
    vars.length === 0 ? "It gets no files of variables." : `Its variables come from ${listed(vars.map(code), "and")}.`,
    ...(depends.length === 0
      ? []
      : [
          `Besides what its configuration names it depends on ${listed(depends.map(code), "and")}: a change there plans it anew.`,
        ]),
    verify.length === 0
      ? "No command of its own has to say that an apply worked."
      : `After an apply, ${listed(
          verify.map((command) => code(command.join(" "))),
          "and",
        )} ${verify.length === 1 ? "has" : "have"} to succeed.`,
  ];
}

/** Both layouts: a folder for each stack, a folder for each environment, or one for all of them. */
function rootText(root: string, code: Spelling["code"]): string {
  if (root.includes("{stack}")) return `Every folder ${code(root)} that holds configuration is a root module.`;
  if (root.includes("{environment}")) return `The folder ${code(root)} is a root module, one for each environment.`;
  return `The folder ${code(root)} is a root module, the same for all its environments.`;
}
