/**
 * Cuts the types that the look-alike answers with out of GitHub's GraphQL schema:
 *
 *     node scripts/extract-graphql.ts PATH/TO/@octokit/graphql-schema
 *
 * writes test/github/graphql-extract.json: for each type its fields, what they take and what they give, and what an
 * interface or union can turn out to be.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.ts";

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType: TypeRef | null;
}

interface Type {
  readonly kind: string;
  readonly name: string;
  readonly fields:
    | readonly {
        readonly name: string;
        readonly type: TypeRef;
        readonly args: readonly {
          readonly name: string;
          readonly type: TypeRef;
          readonly defaultValue: string | null;
        }[];
      }[]
    | null;
  readonly possibleTypes: readonly TypeRef[] | null;
}

const wanted = [
  "Actor",
  "AutomaticBaseChangeSucceededEvent",
  "BaseRefChangedEvent",
  "Blob",
  "Bot",
  "ClosedEvent",
  "Commit",
  "CommitComment",
  "CommitCommentConnection",
  "CommitConnection",
  "CommitHistoryConnection",
  "ConvertToDraftEvent",
  "GitActor",
  "GitActorConnection",
  "GitObject",
  "HeadRefForcePushedEvent",
  "Issue",
  "IssueComment",
  "IssueCommentConnection",
  "IssueConnection",
  "Label",
  "LabelConnection",
  "LabeledEvent",
  "MergedEvent",
  "Node",
  "Organization",
  "PageInfo",
  "PullRequest",
  "PullRequestCommit",
  "PullRequestCommitConnection",
  "PullRequestConnection",
  "PullRequestReview",
  "PullRequestReviewConnection",
  "PullRequestReviewThread",
  "PullRequestReviewThreadConnection",
  "PullRequestTimelineItems",
  "PullRequestTimelineItemsConnection",
  "Query",
  "ReadyForReviewEvent",
  "Ref",
  "Release",
  "ReleaseConnection",
  "ReopenedEvent",
  "Repository",
  "Tag",
  "Tree",
  "UnlabeledEvent",
  "User",
  "UserContentEdit",
  "UserContentEditConnection",
];

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node scripts/extract-graphql.ts PATH/TO/@octokit/graphql-schema");
  process.exit(2);
}
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8")) as unknown;
const { version } = read("package.json") as { readonly version: string };
const { types } = (read("schema.json") as { readonly __schema: { readonly types: readonly Type[] } }).__schema;
const leaves = new Set(types.filter(({ kind }) => kind === "SCALAR" || kind === "ENUM").map(({ name }) => name));

/** As it is written in a schema: `[String!]!`. */
function written({ kind, name, ofType }: TypeRef): string {
  if (ofType === null) return name ?? "";
  return kind === "NON_NULL" ? `${written(ofType)}!` : `[${written(ofType)}]`;
}

const out = types.flatMap(({ kind, name, fields, possibleTypes }) => {
  if (!wanted.includes(name)) return [];
  const known = (fields ?? []).flatMap((field) => {
    const type = written(field.type);
    const named = type.replaceAll(/[[\]!]/g, "");
    if (!leaves.has(named) && !wanted.includes(named)) return [];
    const takes = field.args.map((one) => [one.name, `${written(one.type)}${one.defaultValue === null ? "" : "="}`]);
    return [[field.name, { type, takes: Object.fromEntries(takes) as Record<string, string> }] as const];
  });
  const can = (possibleTypes ?? []).map((one) => one.name ?? "");
  return [[name, { kind, fields: Object.fromEntries(known), can }] as const];
});
const extract = {
  source: "@octokit/graphql-schema schema.json",
  version,
  leaves: [...leaves],
  types: Object.fromEntries(out),
};
writeFileSync(join(root, "test/github/graphql-extract.json"), `${JSON.stringify(extract)}\n`);
console.log(`${out.length} of ${wanted.length} types`);
