/**
 * GitHub's webhook bodies as events in plangate's own words. Reads only the fields that it needs, believes none of
 * them more than it has to: what opens a gate is never read from here.
 */
import type * as z from "zod";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { nearestName } from "../../domain/diagnostic.ts";
import type { JsonObject } from "../../domain/json-value.ts";
import {
  checkRunEvents,
  commitCommentEvents,
  deploymentReviewEvents,
  issueCommentEvents,
  protectionRuleEvents,
  pullRequestEvents,
  pushEvents,
  releaseEvents,
  repositoryDispatchEvents,
  reviewEvents,
  type Surroundings,
  scheduleEvents,
  type Told,
  workflowDispatchEvents,
} from "./events.ts";
import { type EventName, meaningless, recogniseEvent, understood } from "./recognise.ts";
import * as payload from "./schema.ts";
import { refName } from "./words.ts";

export type { Said, Surroundings, Told } from "./events.ts";
export {
  commitOrNothing,
  commitSha,
  label,
  login,
  pullRequestNumber,
  refName,
  refToDeliver,
  runId,
  stackName,
  treeSha,
  word,
} from "./words.ts";

export type GitHubEvent = (Told & { readonly name: string }) | { readonly problems: readonly Diagnostic[] };

/** Reads a webhook's body. `name` is what the `X-GitHub-Event` header says; without it the body tells what it is. */
export async function readGitHubEvent(
  body: JsonObject,
  name: string | null,
  surroundings: Surroundings,
): Promise<GitHubEvent> {
  const kind = name ?? recogniseEvent(body);
  if (kind === undefined) {
    return wrong(
      "event-unknown",
      "The file is neither an event of plangate nor the body of a webhook that is known here.",
      'Say which it is with --event-name, as GitHub\'s header X-GitHub-Event does, or write an event such as { "kind": "tick" }.',
    );
  }
  // The same body, for workflows that run beside the change instead of in it.
  const known = kind === "pull_request_target" ? "pull_request" : understood.find((candidate) => candidate === kind);
  if (known !== undefined) return readers[known](body, surroundings);
  if (meaningless.has(kind)) return { name: kind, events: [], notes: [`"${kind}" changes nothing for plangate.`] };
  const nearest = nearestName(kind, [...understood, ...meaningless]);
  return wrong(
    "event-unknown",
    `"${kind}" is no event of GitHub's that is known here.`,
    nearest === undefined ? `It is one of ${understood.join(", ")}.` : `Did you mean "${nearest}"?`,
  );
}

function wrong(code: string, summary: string, hint: string): GitHubEvent {
  return { problems: [{ severity: "error", code, summary, hint }] };
}

type Reader = (body: JsonObject, surroundings: Surroundings) => Promise<GitHubEvent>;

function reader<Schema extends z.ZodType>(
  name: EventName,
  schema: Schema,
  read: (value: z.output<Schema>, surroundings: Surroundings) => Told | Promise<Told>,
): Reader {
  return async (body, surroundings) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) return { problems: parsed.error.issues.slice(0, 20).map((issue) => problemOf(name, issue)) };
    return { name, ...(await read(parsed.data, surroundings)) };
  };
}

function problemOf(name: EventName, { path, message, code }: z.core.$ZodIssue): Diagnostic {
  const where = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const what = code === "custom" || message.startsWith("it is") ? message : message.replace(/^Invalid input: /, "");
  return {
    severity: "error",
    code: "event-malformed",
    summary: `The body is no ${name} as GitHub sends it: ${where.replace(/^\./, "") || "the whole"}: ${what}.`,
    hint: "Take the body as it came, from the app's or hook's list of deliveries; --event-name says of which kind it is.",
  };
}

const readers: Readonly<Record<EventName, Reader>> = {
  pull_request: reader("pull_request", payload.pullRequest, pullRequestEvents),
  pull_request_review: reader("pull_request_review", payload.review, reviewEvents),
  issue_comment: reader("issue_comment", payload.issueComment, issueCommentEvents),
  commit_comment: reader("commit_comment", payload.commitComment, commitCommentEvents),
  push: reader("push", payload.push, (body) => pushEvents(body, (branch) => refName.safeParse(branch).success)),
  workflow_dispatch: reader("workflow_dispatch", payload.workflowDispatch, workflowDispatchEvents),
  repository_dispatch: reader("repository_dispatch", payload.repositoryDispatch, repositoryDispatchEvents),
  schedule: reader("schedule", payload.schedule, scheduleEvents),
  release: reader("release", payload.release, releaseEvents),
  deployment_review: reader("deployment_review", payload.deploymentReview, deploymentReviewEvents),
  deployment_protection_rule: reader(
    "deployment_protection_rule",
    payload.deploymentProtectionRule,
    protectionRuleEvents,
  ),
  check_run: reader("check_run", payload.checkRun, checkRunEvents),
};
