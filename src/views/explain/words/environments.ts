import type { Environment, EnvironmentKind, Flow, StackPattern } from "../../../flow/flow.ts";
import { listed, refText, type Spelling } from "./names.ts";

/** What exists: an environment, sentence by sentence; who is asked there stands among the gates. */
export function environmentSentences(flow: Flow, environment: Environment, spelling: Spelling): readonly string[] {
  const { name, kind, appliesFrom, after, destroyable, variables, gated } = environment;
  const { strong, code } = spelling;
  const from = appliesFrom.map((ref) => refText(flow, ref, spelling));
  return [
    `${strong(name)} is ${kindText(kind)}.`,
    `It is applied from ${listed(from, "or")} and from nothing else.`,
    after.length === 0
      ? "No environment comes before it."
      : `It comes after ${listed(after.map(strong), "and")}: the same change has to be applied and verified there first.`,
    gated
      ? "It is gated: nobody applies to it from their own machine, unless they break the glass."
      : "It is not gated: people may also apply to it from their own machine.",
    destroyable ? "Everything in it may be destroyed." : "Nobody destroys what is in it as a whole.",
    variables.length === 0
      ? "None of plangate's own environment variables are passed on to it."
      : `Of plangate's own environment variables it gets ${listed(variables.map(code), "and")}, and no others.`,
  ];
}

function kindText(kind: EnvironmentKind): string {
  switch (kind) {
    case "ephemeral":
      return "an environment of a pull request's own, which goes away with it";
    case "dev":
      return "an environment to develop in (kind dev)";
    case "test":
      return "an environment to test in (kind test)";
    case "stage":
      return "the stage before production (kind stage)";
    case "prod":
      return "production (kind prod)";
  }
}

/** The root modules of an entry, and where each is a stack. */
export function stackSentences(stack: StackPattern, { code, strong }: Spelling): readonly string[] {
  const { root, name, in: environments, backend, vars, verify } = stack;
  const where = listed(environments.map(strong), "and");
  const many = root.includes("{stack}");
  const called = name === undefined ? "" : ` It is called ${code(name)}.`;
  return [
    many
      ? `Every folder ${code(root)} that holds configuration is a root module. In ${where} it is a stack of its own, with one state.`
      : `The folder ${code(root)} is a root module. In ${where} it is a stack of its own, with one state.${called}`,
    backend.length === 0
      ? "Where its state lies is written in its configuration."
      : `Its state is found with ${listed(backend.map(code), "and")}.`,
    vars.length === 0 ? "It gets no files of variables." : `Its variables come from ${listed(vars.map(code), "and")}.`,
    verify.length === 0
      ? "No command of its own has to say that an apply worked."
      : `After an apply, ${listed(
          verify.map((command) => code(command.join(" "))),
          "and",
        )} ${verify.length === 1 ? "has" : "have"} to succeed.`,
  ];
}
