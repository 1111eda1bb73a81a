import * as z from "zod";
import { command, count, duration, list, name, names, oneOrMore, path, people, words } from "./schema-words.ts";

/** Who may go where, and what is delivered: the entries under `branches`, `stacks` and `releases`. */

const reviews = z
  .strictObject({
    count: count.optional().describe("How many people approve a pull request before it may be merged. Default: 1."),
    by: people
      .optional()
      .describe("Whose approval counts: a team, or a list of logins. Default: anybody who may review."),
    codeOwners: z
      .boolean()
      .optional()
      .describe(
        "Whether an owner of each changed path, as CODEOWNERS names them, has to be among them; on the default branch GitHub waits for an owner of what governs delivery all the same. Default: false.",
      ),
  })
  .describe("What a pull request into the branch needs before it may be merged.");

const directPush = z.union(
  [
    z.enum(["free", "never"]),
    z.strictObject({
      lines: z.int().min(1).max(100_000).describe("Lines added and removed, at most."),
      files: z.int().min(1).max(10_000).describe("Files changed, at most."),
    }),
  ],
  { error: "`directPush` is free, never, or how much: { lines: 50, files: 5 }." },
);

export const branch = z
  .strictObject({
    match: oneOrMore(z.string().min(1))
      .optional()
      .describe(
        "Names of the branches of this class: `*` stops at `/`, `**` does not, {ticket} is NET-12 or NET-12-some-words. Default: the class's own name.",
      ),
    except: oneOrMore(z.string().min(1))
      .optional()
      .describe("Branches that `match` matches and that are not of this class."),
    cutFrom: name.optional().describe("The class of the branch that branches of this class start from."),
    accepts: names
      .optional()
      .describe("Classes whose branches may be merged into this one. Makes the branch protected."),
    merge: oneOrMore(z.enum(["squash", "rebase", "merge", "fast-forward"]))
      .optional()
      .describe("How pull requests into the branch are merged. Default: squash."),
    reviews: reviews.optional(),
    issue: z
      .enum(["required", "optional"])
      .optional()
      .describe("Whether a pull request from the branch has to link an open issue. Default: optional."),
    ticket: z
      .enum(["required", "optional"])
      .optional()
      .describe(
        "Whether the branch's name has to hold a ticket such as NET-12. Default: required when `match` has {ticket}.",
      ),
    maxAge: duration.optional().describe("How long a pull request from the branch may stay open before it is flagged."),
    directPush: directPush
      .optional()
      .describe(
        "What may be pushed without a pull request. What is over it reaches no environment before somebody accepted it. Default: never when the branch accepts or reviews, else free.",
      ),
    linear: z
      .boolean()
      .optional()
      .describe("Whether pull requests into it have to be without merge commits of their own. Default: false."),
    backMerge: names
      .optional()
      .describe("Branches that what reaches this one goes back to, by a pull request that plangate opens."),
  })
  .describe("A class of branches.");

export const stack = z
  .strictObject({
    root: path.describe(
      "Folder of the root module: `stacks/{stack}` gives a stack per folder. {stack}, {environment}.",
    ),
    name: name.optional().describe("The stack's name, when the root has no {stack}. Default: the root's last folder."),
    in: names
      .min(1, { error: "Name the environments that the stack exists in." })
      .describe("Environments it exists in."),
    backend: words
      .optional()
      .describe("Given as -backend-config: a file, or key=value. {stack}, {environment}, {instance}."),
    vars: list(path).optional().describe("Files of variables, from the repository's top. {stack}, {environment}."),
    verify: list(command)
      .optional()
      .describe("Commands that prove that an apply works, run in the root module. {stack}, {environment}."),
    depends: list(path)
      .optional()
      .describe(
        "Globs over files that the stacks depend on besides what their configuration names. {stack}, {environment}.",
      ),
  })
  .describe(
    "Root modules, and the environments that each exists in. One root in one environment is a stack: prod/network.",
  );

export const release = z
  .strictObject({
    id: name.describe("What `appliesFrom` and `ref` call it."),
    of: path
      .optional()
      .describe(
        "What is released: project, the whole repository, or each of the folders modules/{module}. Default: project.",
      ),
    tag: z.string().min(1).max(200).describe("The Git tag: `v{version}`, `{module}-v{version}`."),
    from: name.describe("The branch that releases are made from."),
    on: z
      .enum(["dispatch", "merge"])
      .optional()
      .describe(
        "What makes it: a person, or a merge that changed the module. A module gets a version only when everything that came to it since the last one came as its branch asks. Default: dispatch.",
      ),
  })
  .describe("Semantic versions as Git tags.");
