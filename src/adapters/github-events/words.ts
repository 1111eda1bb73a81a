import * as z from "zod";
import {
  type CommitSha,
  type Login,
  parseCommitSha,
  parseLogin,
  parseRunId,
  parseStackName,
  parseTreeSha,
} from "../../domain/names.ts";

/** Names as they stand in events, read by the domain's own parsers. Texts that are not well-formed Unicode are no names. */

/** Longer is nothing that GitHub or Git would take. */
const longest = 1024;

function named<T>(what: string, parse: (text: string) => T | undefined) {
  return z.string({ error: `it is no ${what}` }).transform((text, context): T => {
    const value = text.length <= longest && text.isWellFormed() ? parse(text) : undefined;
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: `it is no ${what}`, input: text });
    return z.NEVER;
  });
}

const refPattern = /^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\\p{Cc}]+(?<![/.])$/u;

const nothing = /^0+$/;

export const login = named<Login>("login", parseLogin);
export const commitSha = named<CommitSha>("commit id", (text) =>
  nothing.test(text) ? undefined : parseCommitSha(text),
);
export const treeSha = named("tree id", parseTreeSha);
export const stackName = named("stack such as prod/network", parseStackName);
export const runId = named("run such as run-0mhx3k2p0a1b2c3d4", parseRunId);
/** What Git takes as the name of a branch or tag. */
export const refName = named<string>("name of a branch or tag", (text) => (refPattern.test(text) ? text : undefined));
/** A branch, or a tag as `tag:v1.0.0`. */
export const refToDeliver = named<string>("branch, nor a tag such as tag:v1.0.0", (text) =>
  refPattern.test(text.replace(/^tag:/, "")) ? text : undefined,
);
/** A name that people chose: of a job, an environment, a label. */
export const label = named<string>("name", (text) => (text.trim() === "" ? undefined : text));
export const word = named<string>("text", (text) => text);
export const pullRequestNumber = z.int({ error: "it is no number of a pull request" }).min(1, {
  error: "it is no number of a pull request",
});

/** A commit, or null where Git writes only zeros: nothing was there, or nothing is there any more. */
export const commitOrNothing = named<{ readonly commit: CommitSha | null }>("commit id", (text) => {
  const commit = parseCommitSha(text);
  return commit === undefined ? undefined : { commit: nothing.test(text) ? null : commit };
}).transform(({ commit }) => commit);
