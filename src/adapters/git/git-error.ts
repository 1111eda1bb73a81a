import { DeliveryError } from "../../domain/errors.ts";

/** The oldest Git that merges trees without a checkout (`merge-tree --write-tree`). */
const oldest = [2, 38] as const;

export function gitMissing(cause: unknown): DeliveryError {
  return new DeliveryError({
    code: "git-missing",
    message: "the program git cannot be started",
    reaction: "stop",
    hint: `Install Git ${oldest.join(".")} or newer, and see that it is on the PATH.`,
    cause,
  });
}

export function notARepository(dir: string): DeliveryError {
  return new DeliveryError({
    code: "not-a-repository",
    message: `${dir} is not in a Git repository`,
    reaction: "stop",
    hint: "Run plangate in a checkout of your repository, or make one with `git init`.",
  });
}

export function objectMissing(what: string, dir: string): DeliveryError {
  return new DeliveryError({
    code: "object-missing",
    message: `${what} is not in the repository ${dir}`,
    reaction: "stop",
    hint: "Fetch it. In CI, check out the whole history (`fetch-depth: 0`, no `filter`).",
  });
}

export interface FailedGit {
  readonly exitCode: number;
  readonly stderr: string;
  readonly version: () => Promise<string>;
}

/** What a failed Git command means. `version` is asked only when the command was not understood. */
export async function gitFailure(args: readonly string[], dir: string, failed: FailedGit): Promise<DeliveryError> {
  const { stderr } = failed;
  const about = { reaction: "stop", detail: stderr.trim() } as const;
  if (/not a git repository|cannot use bare repository/.test(stderr)) return notARepository(dir);
  if (/detected dubious ownership/.test(stderr)) {
    const hint = `If you trust it: git config --global --add safe.directory ${dir}`;
    return new DeliveryError({
      ...about,
      code: "repository-not-trusted",
      message: `the repository ${dir} belongs to another user`,
      hint,
    });
  }
  if (/No space left on device|[Dd]isk quota exceeded/.test(stderr)) {
    const message = `git ${args[0]}: the disk of ${dir} has no room left`;
    return new DeliveryError({
      ...about,
      code: "disk-full",
      message,
      reaction: "wait",
      hint: "Free space on that disk.",
    });
  }
  if (/unrelated histories/.test(stderr)) {
    const message = `git ${args[0]} in ${dir}: the two commits have no common history here`;
    const hint = "Fetch the whole history. In CI, check out with `fetch-depth: 0`.";
    return new DeliveryError({ ...about, code: "unrelated-histories", message, hint });
  }
  const name = missingCommit
    .exec(stderr)
    ?.slice(1)
    .find((found) => found !== undefined);
  if (name !== undefined) return objectMissing(`commit ${name}`, dir);
  if (failed.exitCode === 129) {
    const version = await failed.version();
    if (isTooOld(version)) {
      const hint = `Install Git ${oldest.join(".")} or newer.`;
      return new DeliveryError({ ...about, code: "git-too-old", message: `${version} is too old for plangate`, hint });
    }
  }
  if (/index file|bad config|object file .* is empty|loose object .* corrupt|unable to read tree/.test(stderr)) {
    const [said = ""] = stderr.trim().split("\n");
    const message = `git ${args[0]} in ${dir}: the repository is damaged: ${said.replace(/^(?:fatal|error): /, "")}`;
    const hint = "`git fsck` says what is left of it. Clone it anew, or mend the file that is named.";
    return new DeliveryError({ ...about, code: "repository-damaged", message, hint });
  }
  const first = stderr.split("\n").find((line) => line.trim() !== "") ?? `exit code ${failed.exitCode}`;
  return new DeliveryError({ ...about, code: "git-failed", message: `git ${args[0]} in ${dir}: ${first}` });
}

const missingCommit =
  /(?:bad object|bad revision|Not a valid commit name|could not parse as commit) '?\^?([^\s']+)|(\S+) - not something we can merge/;

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}
