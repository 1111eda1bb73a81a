import { openRepository } from "../../../adapters/git/index.ts";
import { readLedgerFiles } from "../../../adapters/record-branch/index.ts";
import { recordBranch } from "../../../compile/names.ts";
import { InputError } from "../../../domain/errors.ts";
import type { LedgerEntry } from "../../../domain/ledger.ts";

/** The ledger of the record on a remote's branch, as the clone has it: nothing is fetched here, and no credential is needed. */
export async function readBranchLedger(
  remote: string,
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly LedgerEntry[]> {
  const ref = `refs/remotes/${remote}/${recordBranch}`;
  const repository = openRepository(dir, env as NodeJS.ProcessEnv);
  try {
    const commit = await repository.resolve(ref);
    if (commit === undefined) throw noSuchBranch(remote);
    const files = (await repository.listTree(commit))
      .filter(({ path, mode }) => mode === "100644" && /^ledger\/\d{6,}\.jsonl$/.test(path))
      .sort((left, right) => left.path.length - right.path.length || (left.path < right.path ? -1 : 1));
    const texts = await repository.readBlobs(files.map(({ blob }) => blob));
    return readLedgerFiles(
      `${recordBranch} of ${remote}`,
      files.map(({ path }, index) => ({ path, text: Buffer.from(texts[index] ?? []).toString() })),
    );
  } finally {
    repository.close();
  }
}

function noSuchBranch(remote: string): InputError {
  const name = /^[\w.-]+$/.test(remote) ? remote : "REMOTE";
  return new InputError([
    {
      severity: "error",
      code: "no-such-branch",
      summary: `This clone has no branch ${recordBranch} of the remote "${remote}".`,
      hint: `Fetch it: git fetch ${name} ${recordBranch}:refs/remotes/${name}/${recordBranch}`,
    },
  ]);
}
