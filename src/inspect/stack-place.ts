import { stackBaseName } from "../domain/names.ts";
import type { Flow, Stack, StackPattern } from "../flow/flow.ts";
import type { Place } from "../flow/place.ts";
import { fill } from "../flow/templates.ts";

/** Where the entry stands that gives a stack: the first one that, filled in for it, is the stack. */
export function stackPlaces(flow: Flow, file: string): (stack: Stack) => Place {
  return (stack) => {
    const { line = 1, column = 1 } = flow.stacks.find((pattern) => gives(pattern, stack)) ?? {};
    return { file, line, column };
  };
}

function gives({ root, in: environments, backend, vars }: StackPattern, stack: Stack): boolean {
  const { environment } = stack;
  const values = { environment, stack: stackBaseName(stack.name), instance: "" };
  const filled = (templates: readonly string[]) => templates.map((template) => fill(template, values)).join("\n");
  return (
    environments.includes(environment) &&
    fill(root, values) === stack.root &&
    filled(backend) === stack.backend.join("\n") &&
    filled(vars) === stack.varFiles.join("\n")
  );
}
