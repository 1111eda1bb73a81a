import { forbiddenProvider, isSameLock } from "../../domain/lock-file.ts";
import type { FetchedModule, PlanFileContents } from "../ports.ts";
import { forbiddenSettings } from "./forbidden.ts";
import { forbiddenGenerated } from "./generated.ts";
import { type Presentation, type PresentRights, type Refused, refused } from "./presentation.ts";
import { type GitFiles, gitFiles, modulesDifference, snapshotDifference } from "./snapshot.ts";

/** What stands against believing what plan sealed, found before any provider is started for it; null when nothing does. */
export async function whyNotPresented(
  rights: PresentRights,
  sealed: {
    readonly contents: PlanFileContents;
    readonly plain: ReadonlyMap<string, Uint8Array>;
    readonly fetched: readonly FetchedModule[];
  },
  about: Presentation,
): Promise<Refused | null> {
  const { contents, plain } = sealed;
  const { order, flow } = about;
  const git = gitFiles(await rights.repository.listTree(order.tree), rights.repository.readBlobs);
  const differs = await whyDiffers(sealed, about, git);
  if (differs !== null) return refused("snapshot-differs", differs);
  const parts = [...plain].map(([name, content]) => ({ name, bytes: content.byteLength }));
  const forbidden =
    forbiddenProvider(plain.get(".terraform.lock.hcl"), flow.allow.providers) ??
    forbiddenGenerated(parts, git, order.stack.root) ??
    forbiddenSettings(contents.backend, flow) ??
    (await hiddenProvisioners(rights, contents));
  if (forbidden !== null) return refused("not-allowed-in-plan", forbidden);
  const elsewhere = await rights.whyOtherBackend(order, contents.backend);
  if (elsewhere !== null)
    return refused(
      "target-moved",
      `the plan file of ${order.stack.name} writes to another backend than the flow names: ${elsewhere}`,
    );
  if (contents.mode !== order.mode)
    return refused(
      "target-moved",
      `the plan file of ${order.stack.name} is of the mode ${contents.mode}, not ${order.mode}`,
    );
  return null;
}

async function whyDiffers(
  { contents, plain, fetched }: Parameters<typeof whyNotPresented>[1],
  { order, flow }: Presentation,
  git: GitFiles,
): Promise<string | null> {
  const { name, root } = order.stack;
  const difference =
    (await snapshotDifference(contents, git, { root, tool: flow.tool })) ??
    (contents.modules.length > 1 ? modulesDifference(contents.modules, fetched) : null);
  if (difference !== null)
    return `the configuration inside the plan file of ${name} is not what Git has: ${difference}`;
  const locked = git.byPath.get(root === "." ? ".terraform.lock.hcl" : `${root}/.terraform.lock.hcl`);
  const inGit = locked === undefined ? undefined : (await git.read([locked.blob]))[0];
  return isSameLock(plain.get(".terraform.lock.hcl"), inGit) && isSameLock(contents.lockFile ?? undefined, inGit)
    ? null
    : `the dependency lock file that ${name} was planned with is not the one in Git`;
}

/** A plan's JSON has no word for what a `removed` block runs, so that nobody could be shown it. */
async function hiddenProvisioners(rights: PresentRights, contents: PlanFileContents): Promise<string | null> {
  for (const { dir, files } of contents.modules) {
    for (const [name, content] of Object.entries(files)) {
      const { hidesProvisioners } = await rights.readReferences(new TextDecoder().decode(content), name);
      if (hidesProvisioners) return `${dir}/${name} has a provisioner in a removed block, which no plan shows`;
    }
  }
  return null;
}
