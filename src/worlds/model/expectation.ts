import { unexpectedVariables } from "../../domain/expectation.ts";
import type { JsonValue } from "../../domain/json-value.ts";
import type { StackName } from "../../domain/names.ts";
import type { Tree } from "./git.ts";
import { type Setting, stackCalled } from "./setting.ts";
import { placeIn } from "./stack-facts.ts";
import { isValue } from "./values.ts";

/**
 * Why a plan is not what the flow expects of its environment; null when it is. Files that a story gives no text are as
 * expected: only what the texts of its variable files say can be something else.
 */
export function whyUnexpected(setting: Setting, tree: Tree, name: StackName): string | null {
  const stack = stackCalled(setting, name);
  const { environment } = placeIn(setting, name);
  if (stack === undefined) return null;
  const declared = Object.keys(environment.expect).filter((variable) => isDeclared(tree, stack.root, variable));
  const variables = declared.map((variable): [string, JsonValue] => {
    const texts = stack.varFiles.map((path) => tree[path]).filter((text) => text !== undefined);
    const asExpected = environment.expect[variable] ?? null;
    const said = texts.map((text) => (isValue(text) ? asExpected : valueIn(text, variable)));
    return [variable, { value: said.findLast((value) => value !== undefined) ?? null }];
  });
  const wrong = unexpectedVariables({ variables: Object.fromEntries(variables) }, environment.expect);
  if (wrong.length === 0) return null;
  return `in the plan of ${name} ${wrong.map(({ variable, expected }) => `${variable} is not ${expected}`).join(", ")}`;
}

function isDeclared(tree: Tree, root: string, variable: string): boolean {
  const main = tree[`${root}/main.tf`];
  if (main !== undefined && isValue(main)) return true;
  const files = Object.entries(tree).filter(([path]) => path.startsWith(`${root}/`) && path.endsWith(".tf"));
  return files.some(([, text]) => text.includes(`variable "${variable}"`));
}

/** What a line of a variable file gives, be it a text, a number or a truth. */
function valueIn(text: string, variable: string): string | undefined {
  const lines = text.split("\n").map((line) => /^(\w+)\s*=\s*"?([^"]*)"?$/.exec(line.trim()));
  return lines.findLast((line) => line?.[1] === variable)?.[2]?.trim();
}
