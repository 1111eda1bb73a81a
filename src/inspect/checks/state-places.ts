import { each, problem, warning } from "../../flow/check.ts";
import { saysStatePlace } from "../../flow/checks/state-place.ts";
import type { Stack } from "../../flow/flow.ts";
import type { FileCheck, InspectedStacks, StackCheck } from "../check.ts";
import { type InFile, placeOf } from "../in-file.ts";
import { shownPlace } from "../state-address.ts";

/** A setting of a stack's backend, as a file of the repository says it; null where it is no plain text. */
type SaidByFile = InFile<{ readonly name: string; readonly value: string | null }>;

/** What the stack's backend block and its files of backend settings say, in the order in which the tool takes them. */
function saidByFiles(stack: Stack, { modules, survey }: InspectedStacks): readonly SaidByFile[] {
  const [block] = modules.in(stack.root).backends;
  const inBlock = Object.entries(block?.settings ?? {}).flatMap(([name, value]) =>
    block === undefined ? [] : [{ name, value, ...placeOf(block), file: block.file }],
  );
  const inFiles = stack.backend
    .filter((given) => !given.includes("="))
    .flatMap((file) =>
      (survey.settings.get(file)?.settings ?? []).map(({ key, value, line, column }) => ({
        name: key,
        value,
        file,
        line,
        column,
      })),
    );
  return [...inBlock, ...inFiles];
}

/** What the flow itself says of a stack's backend. */
function saidByFlow(stack: Stack): readonly { readonly name: string; readonly value: string }[] {
  return stack.backend.flatMap((given) => {
    const at = given.indexOf("=");
    return at < 0 ? [] : [{ name: given.slice(0, at).trim(), value: given.slice(at + 1).trim() }];
  });
}

/**
 * Where a state lies is said by the flow or by a file, and not otherwise by each: a state that is where the other one says
 * would look empty, and everything would be created again. A state of a pull request is always a new one.
 */
export const noStateIsSaidTwice: StackCheck = {
  name: "no-state-is-said-twice",
  find(about) {
    const made = new Set(about.flow.environments.filter((one) => one.perPullRequest).map(({ name }) => name));
    const told = new Set<string>();
    return each(about.stacks, (stack) => {
      if (made.has(stack.environment)) return [];
      return saidByFlow(stack).flatMap(({ name, value }) => {
        if (!saysStatePlace(name)) return [];
        const other = saidByFiles(stack, about).findLast((said) => said.name === name && said.value !== value);
        if (other === undefined) return [];
        const shown = other.value === null ? "something else" : `"${shownPlace(name, other.value)}"`;
        const where = `${other.file}:${other.line}`;
        // What one file says of many stacks is mended in one place, and said once.
        const key = `${about.place(stack).line} ${name} ${where}`;
        if (told.has(key)) return [];
        told.add(key);
        return [
          problem("state-said-twice", about.place(stack), [
            `The state of ${stack.name} is said to lie in two places: "${name}=${shownPlace(name, value)}" here, and ${shown} for "${name}" in ${where}. One that exists already would look empty from the other, and a plan would create everything again.`,
            `Where states lie as ${where} says, take "${name}=…" out of \`backend\` here. Where they lie as the flow says, take "${name}" out of ${other.file}.`,
          ]),
        ];
      });
    });
  },
};

/** Settings that are of use in other workspaces than the default one alone. */
const ofWorkspaces: ReadonlySet<string> = new Set(["workspace_key_prefix", "workspace_dir"]);

/** No state lies in a workspace of its own: every stack is the default workspace of its own state, and others look empty. */
export const noStateIsInAWorkspace: StackCheck = {
  name: "no-state-is-in-a-workspace",
  find(about) {
    const told = new Set<string>();
    return each(about.stacks, (stack) => {
      const flow = saidByFlow(stack).map(({ name, value }) => ({ name, value, ...about.place(stack) }));
      const all = [...saidByFiles(stack, about), ...flow];
      const said = all.find(({ name, value }) => ofWorkspaces.has(name) && value !== "");
      if (said === undefined) return [];
      const where = `${said.file}:${said.line}`;
      if (told.has(where)) return [];
      told.add(where);
      const [block] = about.modules.in(stack.root).backends;
      const prefix = said.value ?? "PREFIX";
      const key = all.findLast(({ name }) => name === "key")?.value ?? "KEY";
      const inS3 =
        block?.type === "s3"
          ? ` In S3 the state of workspace W lies at ${prefix}/W/${key}: where workspaces are called as environments are, say "key=${prefix}/{environment}/${key}" in the flow, and take "key" out of files.`
          : " Move each state to where a setting of its stack says.";
      return [
        problem("state-in-workspace", placeOf(said), [
          `"${said.name}" is for states in workspaces, and plangate works in the default one alone: those of ${stack.name} in others would look empty, and a plan would create everything again.`,
          `Take it out once the flow says where each state lies.${inS3}`,
        ]),
      ];
    });
  },
};

/** Nothing in the repository counts on another workspace than the default one. */
export const noWorkspaceIsCountedOn: FileCheck = {
  name: "no-workspace-is-counted-on",
  find({ survey }) {
    const { diagnostics } = each(survey.workspaces, ({ how, ...place }) => {
      const summary =
        how === "value"
          ? "`terraform.workspace` is always `default` here: plangate works in no other workspace."
          : "This chooses a workspace, and plangate works in the default one alone: a state in another one would look empty to it.";
      const hint =
        how === "value"
          ? "Take a variable instead, which the file of variables of each environment sets."
          : "Say under `backend` of the stack where each state lies, such as key=env:/{environment}/KEY for what S3 keeps for workspaces; then take the command out.";
      return [warning("workspace-not-used", placeOf(place), [summary, hint])];
    });
    return { count: survey.texts, diagnostics };
  },
};
