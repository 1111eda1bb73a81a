import type { JsonObject } from "../../domain/json-value.ts";

/** Names that stand in the `X-GitHub-Event` header and mean something to plangate. */
export const understood = [
  "pull_request",
  "pull_request_review",
  "issue_comment",
  "commit_comment",
  "push",
  "workflow_dispatch",
  "repository_dispatch",
  "schedule",
  "release",
  "deployment_review",
  "deployment_protection_rule",
  "check_run",
] as const;

export type EventName = (typeof understood)[number];

/** Events that GitHub sends too and that change nothing for plangate, whatever they hold. */
export const meaningless: ReadonlySet<string> = new Set([
  "branch_protection_configuration",
  "branch_protection_rule",
  "check_suite",
  "create",
  "delete",
  "dependabot_alert",
  "deployment",
  "deployment_status",
  "discussion",
  "discussion_comment",
  "fork",
  "gollum",
  "installation",
  "installation_repositories",
  "issues",
  "label",
  "member",
  "membership",
  "merge_group",
  "meta",
  "milestone",
  "organization",
  "ping",
  "public",
  "pull_request_review_comment",
  "pull_request_review_thread",
  "repository",
  "repository_ruleset",
  "star",
  "status",
  "sub_issues",
  "team",
  "team_add",
  "watch",
  "workflow_job",
  "workflow_run",
]);

/** What only one kind of body has, the more telling first: a review holds its pull request as well. */
const marks: readonly (readonly [name: string, fields: readonly string[]])[] = [
  ["schedule", ["schedule"]],
  ["push", ["ref", "before", "after"]],
  ["workflow_dispatch", ["workflow", "ref", "inputs"]],
  ["repository_dispatch", ["client_payload"]],
  ["deployment_protection_rule", ["deployment_callback_url"]],
  ["deployment_review", ["workflow_run", "since"]],
  ["deployment_status", ["deployment_status"]],
  ["deployment", ["deployment"]],
  ["check_run", ["check_run"]],
  ["check_suite", ["check_suite"]],
  ["workflow_job", ["workflow_job"]],
  ["workflow_run", ["workflow_run"]],
  ["merge_group", ["merge_group"]],
  ["discussion", ["discussion"]],
  ["release", ["release"]],
  ["pull_request_review", ["review", "pull_request"]],
  ["pull_request_review_comment", ["comment", "pull_request"]],
  ["pull_request_review_thread", ["thread", "pull_request"]],
  ["pull_request", ["pull_request", "number"]],
  ["issue_comment", ["comment", "issue"]],
  ["issues", ["issue"]],
  ["commit_comment", ["comment"]],
  ["create", ["ref", "ref_type", "master_branch"]],
  ["delete", ["ref", "ref_type"]],
  ["status", ["sha", "state", "context"]],
  ["ping", ["zen"]],
];

/** Says of which kind a body is, by what it has; `undefined` when it is like none. */
export function recogniseEvent(body: JsonObject): string | undefined {
  return marks.find(([, fields]) => fields.every((field) => Object.hasOwn(body, field)))?.[0];
}
