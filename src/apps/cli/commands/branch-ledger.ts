import { openRepository } from "../../../adapters/git/index.ts";
import {
  checkRecord,
  type Differing,
  type RecordFile,
  readLedgerFiles,
} from "../../../adapters/record-branch/index.ts";
import { recordBranch } from "../../../compile/names.ts";
import { InputError } from "../../../domain/errors.ts";
import type { LedgerEntry } from "../../../domain/ledger.ts";

/** A record on a remote's branch, as the clone has it. */
export interface BranchAbout {
  readonly remote: string;
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The ledger of the record: nothing is fetched here, and no credential is needed. */
export async function readBranchLedger(about: BranchAbout): Promise<readonly LedgerEntry[]> {
  const files = (await filesOf(about)).filter(isSegment);
  return readLedgerFiles(`${recordBranch} of ${about.remote}`, files);
}

/** What in the record is not as its other files say. */
export async function checkBranchRecord(about: BranchAbout): Promise<readonly Differing[]> {
  return checkRecord(`${recordBranch} of ${about.remote}`, await filesOf(about));
}

function isSegment({ path, mode }: RecordFile): boolean {
  return mode === "100644" && /^ledger\/\d{6,}\.jsonl$/.test(path);
}

async function filesOf({ remote, dir, env }: BranchAbout): Promise<readonly RecordFile[]> {
  const ref = `refs/remotes/${remote}/${recordBranch}`;
  const repository = openRepository(dir, env as NodeJS.ProcessEnv);
  try {
    const commit = await repository.resolve(ref);
    if (commit === undefined) throw noSuchBranch(remote);
    const files = [...(await repository.listTree(commit))].sort(
      (left, right) => left.path.length - right.path.length || (left.path < right.path ? -1 : 1),
    );
    // A submodule is no object of this repository.
    const texts = [
      ...(await repository.readBlobs(files.flatMap(({ blob, mode }) => (mode === "160000" ? [] : [blob])))),
    ];
    return files.map(({ path, mode }) => {
      const text = mode === "160000" ? "" : Buffer.from(texts.shift() ?? []).toString();
      return { path, mode, text };
    });
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
