import { realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";
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
  const from = gitFrom(checkout, about.env);
  const { stdout } = await runGit(from, ["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  const objects = await realpath(stdout.toString().replace(/\n$/, ""));
  if (objects.includes("\n")) throw unusable(checkout, "its path holds a line end");
  const refs = await refsOf(checkout, about.env);
  await initBare(to, { env: about.env });
  await writeFile(join(to, "objects", "info", "alternates"), `${objects}\n`);
  const lines = [...refs].map(([ref, commit]) => `update ${ref} ${commit}\n`).join("");
  await runGit(gitIn(to, about.env), ["update-ref", "--stdin"], { stdin: lines });
  return to;
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
