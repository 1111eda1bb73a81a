import { realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";
import { openRemote } from "./remote.ts";
import { remoteFailure } from "./remote-error.ts";
import { type Environment, gitFrom, gitIn, runGit } from "./run-git.ts";
import { initBare } from "./write.ts";

/** Longer than the list of branches and tags of any repository that people look at. */
const mostRefs = 200_000;

/**
 * A bare repository of our own, with the objects of a checkout and its remote branches as branches: a job checks one
 * commit out, and knows all others by `refs/remotes/origin/` alone. Nothing that was configured in the checkout counts.
 */
export async function mirrorCheckout(
  checkout: string,
  to: string,
  about: { readonly env: Environment },
): Promise<string> {
  const [objects, refs] = await Promise.all([
    objectsOf(checkout, about.env),
    refsOf(checkout, about.env),
    initBare(to, { env: about.env }),
  ]);
  await writeFile(join(to, "objects", "info", "alternates"), `${objects}\n`);
  const lines = [...refs].map(([ref, commit]) => `update ${ref} ${commit}\n`).join("");
  await runGit(gitIn(to, about.env), ["update-ref", "--stdin"], { stdin: lines });
  return to;
}

async function objectsOf(checkout: string, env: Environment): Promise<string> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "objects"];
  const { stdout } = await runGit(gitFrom(checkout, env), args);
  const objects = await realpath(stdout.toString().replace(/\n$/, ""));
  if (objects.includes("\n")) throw unusable(checkout, "its path holds a line end");
  return objects;
}

/** How the remote that was checked out is reached. */
interface ReachAbout {
  readonly url: string;
  readonly env: Environment;
  readonly authorization?: () => Promise<string>;
}

/** Fetches commits, or refs by their full names, that a mirror lacks. What is there already is not asked for. */
export async function bringInto(dir: string, wanted: readonly string[], about: ReachAbout): Promise<void> {
  const missing: string[] = [];
  for (const one of new Set(wanted)) {
    const args = ["cat-file", "-e", `${one}^{commit}`];
    const { exitCode } = await runGit(gitIn(dir, about.env), args, { accepts: () => true });
    if (exitCode !== 0) missing.push(one.startsWith("refs/") ? `+${one}:${one}` : one);
  }
  if (missing.length === 0) return;
  const remote = await openRemote({ dir, ...about });
  const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-filter", "--stdin", "origin"];
  const result = await remote.run(args, missing.map((one) => `${one}\n`).join(""));
  if (result.exitCode !== 0) throw remoteFailure("fetching what the checkout lacks", result);
}

/**
 * Moves a mirror's branches and tags to where the remote has them now: what was pushed, by force too, or deleted since the
 * checkout. A branch that is not a matter of deliveries, and large, can be left out.
 */
export async function renewRefs(dir: string, about: ReachAbout & { readonly without: string }): Promise<void> {
  const remote = await openRemote({ dir, ...about });
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", `^refs/heads/${about.without}`];
  const args = ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-filter", "origin", ...refs];
  const result = await remote.run(args);
  if (result.exitCode !== 0) throw remoteFailure("looking where the branches are now", result);
}

async function refsOf(checkout: string, env: Environment): Promise<ReadonlyMap<string, string>> {
  const format = "--format=%(objectname) %(refname)";
  const { stdout } = await runGit(gitFrom(checkout, env), [
    "for-each-ref",
    format,
    "refs/remotes/origin",
    "refs/remotes/pull",
    "refs/tags",
  ]);
  const lines = stdout.toString().split("\n").slice(0, -1);
  if (lines.length > mostRefs) throw unusable(checkout, "it has more branches and tags than can be looked at");
  const refs = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(" ");
    const [commit, name] = [line.slice(0, at), line.slice(at + 1)];
    if (name === "refs/remotes/origin/HEAD") continue;
    refs.set(
      name.replace(/^refs\/remotes\/origin\//, "refs/heads/").replace(/^refs\/remotes\/pull\//, "refs/pull/"),
      commit,
    );
  }
  return refs;
}

function unusable(checkout: string, why: string): DeliveryError {
  return new DeliveryError({
    code: "not-a-repository",
    message: `looking at the checkout ${checkout}: ${why}`,
    reaction: "stop",
    hint: "The job's first step checks the repository out with `fetch-depth: 0`.",
  });
}
