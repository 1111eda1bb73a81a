import type { RunId, TreeSha } from "../../domain/names.ts";
import type { Repository, RunLogs, Terraform, WorkFolders } from "../ports.ts";

/** Reads files and runs nothing of them, so it may have anything and has no identity. */
export interface CheckRights {
  readonly repository: Pick<Repository, "checkout">;
  readonly terraform: Pick<Terraform, "check">;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  /** Whose log the tool's output goes to. */
  readonly run: RunId;
}

/** The files among those named that the tool cannot read or would write in another way. */
export async function checkFormat(
  rights: CheckRights,
  tree: TreeSha,
  files: readonly string[],
): Promise<readonly string[]> {
  const folder = await rights.folders.create("check");
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(tree, checkout);
    return await rights.terraform.check({ checkout, root: ".", env: {}, log: rights.logs.open(rights.run) }, files);
  } finally {
    await folder.remove();
  }
}
