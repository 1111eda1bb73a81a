import { hasRole, type Issue, type PullRequest, type View } from "../../real/forge/index.ts";
import { created, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { optionalText, text, texts } from "../body.ts";
import { allows, type Permissions } from "../permissions.ts";
import { issueComment, issueObject, labelObject, labelsOf } from "../shapes/issue.ts";
import { issueEvents } from "../shapes/issue-events.ts";

/** A pull request is an issue too: the right to either is enough for what both have. */
const reads: readonly Permissions[] = [{ issues: "read" }, { pull_requests: "read" }];
const writes: readonly Permissions[] = [{ issues: "write" }, { pull_requests: "write" }];

/** Issues, comments and labels. */
export const issueRoutes = [
  onRepository("GET /issues", reads, ({ repository, query, site }) => {
    const state = query.get("state") ?? "open";
    const label = query.get("labels")?.split(",") ?? [];
    const all = [...repository.issues, ...repository.pullRequests].toSorted((one, other) => other.number - one.number);
    const found = all.filter(
      (subject) =>
        (state === "all" || subject.state === state) &&
        label.every((name) => labelsOf(site, repository, subject.number).includes(name)),
    );
    return list(found.map((subject) => issueObject(site, repository, subject)));
  }),
  onRepository("POST /issues", { issues: "write" }, async (ask) => {
    const { body, act, site, repository, kept, who, hub } = ask;
    const description = optionalText(body, "body");
    const made = await act("issue", {
      title: text(body, "title"),
      ...(description === undefined ? {} : { body: description }),
    });
    // From somebody without write access GitHub drops them in silence.
    if (ask.repository.roles.some(({ login, role }) => login === who.login && role !== "read")) {
      for (const label of texts(body, "labels") ?? [])
        kept.issueLabels.push({ number: made.number, label, by: who.login, at: hub.clock.now() });
    }
    return created(issueObject(site, repository, made));
  }),
  onRepository("GET /issues/{issue_number}", reads, (ask) => ok(issueObject(ask.site, ask.repository, subjectIn(ask)))),
  onRepository("PATCH /issues/{issue_number}", writes, async (ask) => {
    const { body, act, site, repository } = ask;
    const subject = subjectIn(ask);
    checkKind(ask, "head" in subject);
    const { number } = subject;
    const given = ["title", "body"].flatMap((field) => {
      const value = optionalText(body, field);
      return value === undefined ? [] : [[field, value] as const];
    });
    const state = optionalText(body, "state");
    if (state !== undefined && state !== "open" && state !== "closed") throw new Refusal(422, "Validation Failed");
    const edits = Object.fromEntries(given);
    if ("head" in subject) {
      if (given.length > 0) await act("edit", { number, ...edits });
      if (state !== undefined && state !== subject.state)
        await act(state === "closed" ? "close" : "reopen", { number });
    } else await act("edit-issue", { number, ...edits, ...(state === undefined ? {} : { state }) });
    return ok(issueObject(site, repository, subjectIn(ask)));
  }),
  onRepository("GET /issues/{issue_number}/comments", reads, (ask) => {
    const { number } = subjectIn(ask);
    const since = Date.parse(ask.query.get("since") ?? "") || 0;
    const said = ask.repository.comments.filter(
      ({ on, updatedAt }) => "number" in on && on.number === number && updatedAt >= since,
    );
    return list(said.map((comment) => issueComment(ask.site, ask.repository, comment)));
  }),
  onRepository("POST /issues/{issue_number}/comments", writes, async (ask) => {
    checkKind(ask, "head" in subjectIn(ask));
    checkLocked(ask, subjectIn(ask).number, "create");
    const made = await ask.act("comment", { number: subjectIn(ask).number, body: text(ask.body, "body") });
    return created(issueComment(ask.site, ask.repository, made));
  }),
  onRepository("GET /issues/comments/{comment_id}", reads, (ask) =>
    ok(issueComment(ask.site, ask.repository, commentIn(ask))),
  ),
  onRepository("PATCH /issues/comments/{comment_id}", writes, async (ask) => {
    checkKind(ask, isOnChange(ask));
    const { on } = commentIn(ask);
    if ("number" in on) checkLocked(ask, on.number, "update");
    const made = await ask.act("edit-comment", { comment: commentIn(ask).id, body: text(ask.body, "body") });
    return ok(issueComment(ask.site, ask.repository, made));
  }),
  onRepository("DELETE /issues/comments/{comment_id}", writes, async (ask) => {
    checkKind(ask, isOnChange(ask));
    await ask.act("delete-comment", { comment: commentIn(ask).id });
    return noContent;
  }),
  onRepository("PUT /issues/{issue_number}/lock", writes, (ask) => {
    checkKind(ask, "head" in subjectIn(ask));
    ask.needRole("write");
    ask.kept.locked.add(subjectIn(ask).number);
    return noContent;
  }),
  onRepository("DELETE /issues/{issue_number}/lock", writes, (ask) => {
    checkKind(ask, "head" in subjectIn(ask));
    ask.needRole("write");
    ask.kept.locked.delete(subjectIn(ask).number);
    return noContent;
  }),
  onRepository("GET /issues/{issue_number}/events", reads, (ask) => list(issueEvents(ask, subjectIn(ask).number))),
  onRepository("GET /issues/{issue_number}/labels", reads, (ask) => list(labelObjects(ask))),
  onRepository("POST /issues/{issue_number}/labels", writes, async (ask) => {
    await setLabels(ask, { add: texts(ask.body, "labels") ?? [], remove: [] });
    return list(labelObjects(ask));
  }),
  onRepository("PUT /issues/{issue_number}/labels", writes, async (ask) => {
    const wanted = texts(ask.body, "labels") ?? [];
    const before = labelsOf(ask.site, ask.repository, subjectIn(ask).number);
    await setLabels(ask, { add: wanted, remove: before.filter((name) => !wanted.includes(name)) });
    return list(labelObjects(ask));
  }),
  onRepository("DELETE /issues/{issue_number}/labels/{name}", writes, async (ask) => {
    const { name = "" } = ask.params;
    if (!labelsOf(ask.site, ask.repository, subjectIn(ask).number).includes(name))
      throw new Refusal(404, "Label does not exist");
    await setLabels(ask, { add: [], remove: [name] });
    return list(labelObjects(ask));
  }),
  onRepository("GET /labels", reads, ({ site, repository, kept }) =>
    list(kept.labels.map(({ name }) => labelObject(site, repository, name))),
  ),
  onRepository("GET /labels/{name}", reads, ({ site, repository, kept, params }) => {
    if (!kept.labels.some(({ name }) => name.toLowerCase() === params.name?.toLowerCase())) throw notFound();
    return ok(labelObject(site, repository, params.name ?? ""));
  }),
  onRepository("POST /labels", writes, ({ site, repository, kept, body, hub }) => {
    const name = text(body, "name");
    if (kept.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
      throw new Refusal(422, "Validation Failed", {
        errors: [{ resource: "Label", code: "already_exists", field: "name" }],
      });
    }
    const description = optionalText(body, "description") ?? null;
    kept.labels.push({ id: hub.nextId(), name, color: optionalText(body, "color") ?? "ededed", description });
    return created(labelObject(site, repository, name));
  }),
  onRepository("PATCH /labels/{name}", writes, ({ site, repository, kept, body, params }) => {
    const label = kept.labels.find(({ name }) => name.toLowerCase() === params.name?.toLowerCase());
    if (label === undefined) throw notFound();
    label.color = optionalText(body, "color") ?? label.color;
    label.description = optionalText(body, "description") ?? label.description;
    return ok(labelObject(site, repository, label.name));
  }),
];

type Subject = View<Issue> | View<PullRequest>;

export function subjectIn({ repository, params }: Pick<RepositoryAsk, "repository" | "params">): Subject {
  const all: readonly Subject[] = [...repository.pullRequests, ...repository.issues];
  const found = all.find(({ number }) => String(number) === params.issue_number);
  if (found === undefined) throw notFound();
  return found;
}

function commentIn({ repository, params }: RepositoryAsk) {
  const found = repository.comments.find(({ id, on }) => String(id) === params.comment_id && "number" in on);
  if (found === undefined) throw notFound();
  return found;
}

function isOnChange(ask: RepositoryAsk): boolean {
  const { on } = commentIn(ask);
  return ask.repository.pullRequests.some(({ number }) => "number" in on && on.number === number);
}

/** The right to write pull requests is none to write other issues. */
function checkKind({ who }: RepositoryAsk, change: boolean): void {
  if (change || who.permissions === null || allows(who.permissions, { issues: "write" })) return;
  throw new Refusal(403, "Resource not accessible by integration", {
    headers: { "x-accepted-github-permissions": "issues=write" },
  });
}

/** In a locked conversation people write who may write to the repository, and no program does, whatever its token may. */
function checkLocked({ kept, repository, who }: RepositoryAsk, number: number, what: "create" | "update"): void {
  if (!kept.locked.has(number) || (who.kind === "person" && hasRole(repository, who.login, "write"))) return;
  throw new Refusal(403, `Unable to ${what} comment because issue is locked.`);
}

function labelObjects(ask: RepositoryAsk): readonly unknown[] {
  const { site, repository } = ask;
  return labelsOf(site, repository, subjectIn(ask).number).map((name) => labelObject(site, repository, name));
}

interface LabelChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

async function setLabels(ask: RepositoryAsk, { add, remove }: LabelChange): Promise<void> {
  const { kept, who, hub, repository } = ask;
  const subject = subjectIn(ask);
  checkKind(ask, "head" in subject);
  const { number } = subject;
  if ("head" in subject) {
    await ask.act("label", { number, add, remove });
    return;
  }
  if (!repository.roles.some(({ login, role }) => login === who.login && role !== "read"))
    throw new Refusal(403, "Must have write access to the repository.");
  for (const label of add) {
    if (!kept.issueLabels.some((hung) => hung.number === number && hung.label === label))
      kept.issueLabels.push({ number, label, by: who.login, at: hub.clock.now() });
  }
  for (const label of remove) {
    const index = kept.issueLabels.findIndex((hung) => hung.number === number && hung.label === label);
    if (index >= 0) kept.issueLabels.splice(index, 1);
  }
}
