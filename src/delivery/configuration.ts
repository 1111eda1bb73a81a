import { digestOfJson, type KeyedDigest, keyedDigestOf } from "../domain/digest.ts";
import { findInputs, initKey, inputsDigest, type ModuleReferences, type PlanSettings } from "../domain/inputs.ts";
import { forbiddenProvider } from "../domain/lock-file.ts";
import type { ModuleInterface } from "../domain/module-interface.ts";
import type { StackName, TreeSha } from "../domain/names.ts";
import type { Tool } from "../domain/plan.ts";
import { type ConfigurationTree, configurationAmong, openTree, type TreeFile } from "../domain/tree.ts";
import type { Environment, Flow, Stack } from "../flow/flow.ts";
import { stacksIn } from "../flow/stacks.ts";
import type { Configuration, StackContent } from "./delivery.ts";
import { dependsOn } from "./depends.ts";
import type { ReadInterface, ReadReferences, Repository } from "./ports.ts";
import { isCredential } from "./roles/credentials.ts";
import { forbiddenData, forbiddenPrograms } from "./roles/forbidden.ts";
import { variablesFor } from "./variables.ts";

interface ConfigurationFrom {
  readonly flow: Flow;
  readonly repository: Pick<Repository, "listTree" | "readBlobs">;
  readonly readReferences: ReadReferences;
  readonly readInterface: ReadInterface;
  readonly tool: () => Promise<Tool>;
  readonly variables: (environment: Environment) => Readonly<Record<string, string>>;
  readonly secretKey: Uint8Array;
}

/** What Git says about stacks. Files are read once per blob, trees once per id: both never change under their names. */
export function openConfiguration(from: ConfigurationFrom): Configuration {
  const references = new Map<string, Promise<ModuleReferences>>();
  const trees = new Map<TreeSha, Promise<ConfigurationTree>>();
  const contents = new Map<string, Promise<StackContent>>();
  const stacks = new Map<TreeSha, Promise<ReadonlyMap<StackName, Stack>>>();

  const referencesOf = (file: TreeFile): Promise<ModuleReferences> =>
    remembered(references, `${file.blob} ${file.path}`, async () => {
      const [bytes] = await from.repository.readBlobs([file.blob]);
      return from.readReferences(new TextDecoder().decode(bytes), file.path);
    });
  const linkTarget = async (file: TreeFile): Promise<string> => {
    const [bytes] = await from.repository.readBlobs([file.blob]);
    return new TextDecoder().decode(bytes);
  };
  const treeAt = (tree: TreeSha) =>
    remembered(trees, tree, async () =>
      openTree(await from.repository.listTree(tree), { references: referencesOf, linkTarget }),
    );

  return {
    stacks: (tree) => remembered(stacks, tree, async () => stacksOf(from.flow, await treeAt(tree))),
    content: (stack, tree) => {
      // A value may move while we run; everything else that counts never changes.
      const variables = keyed(from, stack);
      const key = `${stack.name} ${tree} ${digestOfJson(variables)}`;
      return remembered(contents, key, async () => contentOf(from, stack, { tree: await treeAt(tree), variables }));
    },
    moduleInterface: async (folder, tree) => interfaceOf(from, (await treeAt(tree)).configurationIn(folder)),
  };
}

function remembered<K, V>(known: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    known.set(key, value);
    // A failure is not remembered: what was out of reach may be back.
    value.catch(() => known.delete(key));
  }
  return value;
}

function stacksOf(flow: Flow, tree: ConfigurationTree): ReadonlyMap<StackName, Stack> {
  const paths = tree.under("").map((file) => file.path);
  const found = stacksIn(flow, paths).value ?? [];
  return new Map(found.map((stack) => [stack.name, stack]));
}

async function contentOf(
  from: ConfigurationFrom,
  stack: Stack,
  { tree, variables }: { readonly tree: ConfigurationTree; readonly variables: PlanSettings["variables"] },
): Promise<StackContent> {
  const backendFiles = stack.backend.filter((setting) => !setting.includes("="));
  // Asking the tool takes as long as reading the files.
  const asked = from.tool();
  asked.catch(() => undefined);
  const inputs = await findInputs(tree, {
    root: stack.root,
    varFiles: stack.varFiles,
    backendFiles,
    ...(stack.depends.length === 0 ? {} : { dependsOn: dependsOn(stack.depends) }),
  });
  const settings: PlanSettings = {
    root: stack.root,
    tool: await asked,
    mode: "normal",
    backend: stack.backend,
    varFiles: stack.varFiles,
    ...(stack.depends.length === 0 ? {} : { depends: stack.depends }),
    variables,
  };
  const lockFile =
    inputs.init.lockFile === null ? undefined : (await from.repository.readBlobs([inputs.init.lockFile]))[0];
  return {
    inputs: inputsDigest(inputs, settings),
    paths: new Set(inputs.files.map((file) => file.path)),
    // What a tag or a range of versions stands for may move, and an init that is used again would not see it.
    initKey: inputs.remote.length > 0 ? null : initKey(inputs.init, settings),
    forbidden:
      forbiddenProvider(lockFile, from.flow.allow.providers) ??
      forbiddenPrograms(tree.under(stack.root === "." ? "" : stack.root), stack.root) ??
      forbiddenData(inputs.externalData, from.flow),
  };
}

/** What callers see of a module, over all its files. */
async function interfaceOf(
  { repository, readInterface, flow }: ConfigurationFrom,
  files: readonly TreeFile[],
): Promise<ModuleInterface | undefined> {
  const read = new Set(
    configurationAmong(
      files.map(({ path }) => path),
      flow.tool,
    ),
  );
  const own = files.filter(({ path, mode }) => read.has(path) && mode.startsWith("100"));
  const texts = await repository.readBlobs(own.map(({ blob }) => blob));
  const parts = await Promise.all(
    own.map(({ path }, index) => readInterface(new TextDecoder().decode(texts[index]), path)),
  );
  if (parts.includes(undefined)) return undefined;
  return {
    variables: Object.assign({}, ...parts.map((part) => part?.variables)) as ModuleInterface["variables"],
    outputs: parts.flatMap((part) => part?.outputs ?? []),
  };
}

/** The values as digests under the store's key: a change is seen, and the secret cannot be guessed back. */
function keyed(from: ConfigurationFrom, stack: Stack): Readonly<Record<string, KeyedDigest>> {
  return Object.fromEntries(
    Object.entries(variablesFor(from, stack))
      .filter(([name]) => !isCredential(name))
      .map(([name, value]) => [name, keyedDigestOf(from.secretKey, value)]),
  );
}
