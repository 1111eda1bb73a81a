import { type CommitSha, parseCommitSha } from "../../../domain/names.ts";
import type { PullRequest, View } from "../../real/forge/index.ts";
import { created, invalid, list, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { type Body, optionalFlag, optionalText, text, texts } from "../body.ts";
import { waitsForOwners } from "../code-owner-review.ts";
import { objectsOf } from "../objects.ts";
import { mergeSuiteOf, noteRuleSuite } from "../rule-suites.ts";
import { mergeRefusalBeyond } from "../rules-beyond.ts";
import { commitObject, fileObject } from "../shapes/commit.ts";
import { isSameLogin } from "../shapes/people.ts";
import { commitsOf, filesOf, pullRequest, reviewObject, simplePullRequest } from "../shapes/pull-request.ts";

type Change = View<PullRequest>;

/** Pull requests, what they bring, and what reviewers say. */
export const pullRequestRoutes = [
  onRepository("GET /pulls", { pull_requests: "read" }, async (ask) =>
    list(await ask.look(async (place) => wanted(ask).map((change) => simplePullRequest(ask.site, place, change)))),
  ),
  onRepository("POST /pulls", { pull_requests: "write" }, async (ask) => {
    const { body, act, who, kept, repository } = ask;
    if (who.kind === "job" && !kept.settings.tokenMayApprove)
      throw new Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.");
    const [owner, head = ""] = text(body, "head").includes(":")
      ? text(body, "head").split(/:(.*)/s)
      : [undefined, text(body, "head")];
    const fork = ask.hub.forge.state.repositories.find(
      ({ name, parent }) =>
        owner !== undefined && name.startsWith(`${owner}/`) && (parent === repository.name || name === repository.name),
    );
    if (owner !== undefined && fork === undefined) throw invalid("PullRequest", "head");
    const description = optionalText(body, "body");
    const made = await act("open", {
      title: text(body, "title"),
      ...(description === undefined ? {} : { body: description }),
      head,
      ...(fork === undefined ? {} : { headRepository: fork.name }),
      base: text(body, "base"),
      draft: optionalFlag(body, "draft") === true,
    });
    return created(await whole(ask, made.number));
  }),
  onRepository("GET /pulls/{pull_number}", { pull_requests: "read" }, async (ask) => {
    const change = changeIn(ask);
    if (/\.diff(?:[+;,]|$)/.test(ask.accept)) {
      const bytes = await diffOf(ask, change);
      return { status: 200, bytes, headers: { "content-type": "application/vnd.github.diff; charset=utf-8" } };
    }
    return ok(await whole(ask, change.number));
  }),
  onRepository("PATCH /pulls/{pull_number}", { pull_requests: "write" }, async (ask) => {
    const { body, act } = ask;
    const { number, state: before } = changeIn(ask);
    const texts = ["title", "body", "base"].flatMap((field) => {
      const value = optionalText(body, field);
      return value === undefined ? [] : [[field, value] as const];
    });
    if (texts.length > 0) await act("edit", { number, ...Object.fromEntries(texts) });
    const state = optionalText(body, "state");
    if (state === "closed" && before === "open") await act("close", { number });
    if (state === "open" && before === "closed") await act("reopen", { number });
    return ok(await whole(ask, number));
  }),
  onRepository("GET /pulls/{pull_number}/commits", { pull_requests: "read" }, async (ask) =>
    list(
      await ask.look(async (place) =>
        // GitHub tells of no more than these.
        (await commitsOf(place, changeIn(ask)))
          .slice(0, 250)
          .map((commit) => commitObject(ask.site, ask.repository, commit)),
      ),
    ),
  ),
  onRepository("GET /pulls/{pull_number}/files", { pull_requests: "read" }, async (ask) => {
    const change = changeIn(ask);
    const { site, repository } = ask;
    const files = await ask.look((place) => filesOf(place, change, objectsOf(ask)));
    return list(files.slice(0, 3000).map((file) => fileObject({ site, repository, head: change.headCommit }, file)));
  }),
  onRepository("GET /pulls/{pull_number}/merge", { pull_requests: "read" }, (ask) => {
    if (changeIn(ask).merged === null) throw notFound();
    return { status: 204 };
  }),
  onRepository("PUT /pulls/{pull_number}/merge", { contents: "write" }, (ask) => merge(ask)),
  onRepository("PUT /pulls/{pull_number}/update-branch", { pull_requests: "write" }, async (ask) => {
    const change = changeIn(ask);
    const expected = optionalText(ask.body, "expected_head_sha");
    if (expected !== undefined && expected !== change.headCommit)
      throw new Refusal(422, "expected head sha didn't match current head ref.");
    await ask.act("update-branch", { number: change.number });
    const url = `${ask.site.web}/${ask.repository.name}/pull/${change.number}`;
    return { status: 202, body: { message: "Updating pull request branch.", url } };
  }),
  onRepository("GET /pulls/{pull_number}/requested_reviewers", { pull_requests: "read" }, async (ask) => {
    const told = await ask.look(async (place) => simplePullRequest(ask.site, place, changeIn(ask)));
    return ok({ users: told.requested_reviewers, teams: told.requested_teams });
  }),
  onRepository("POST /pulls/{pull_number}/requested_reviewers", { pull_requests: "write" }, async (ask) => {
    const { number } = changeIn(ask);
    const before = ask.kept.reviewersAsked.get(number) ?? { users: [], teams: [] };
    const add = (had: readonly string[], more: readonly string[] | undefined) => [
      ...new Set([...had, ...(more ?? [])]),
    ];
    ask.kept.reviewersAsked.set(number, reviewersAfter(ask, before, add));
    return created(await ask.look(async (place) => simplePullRequest(ask.site, place, changeIn(ask))));
  }),
  onRepository("DELETE /pulls/{pull_number}/requested_reviewers", { pull_requests: "write" }, async (ask) => {
    const { number } = changeIn(ask);
    const before = ask.kept.reviewersAsked.get(number) ?? { users: [], teams: [] };
    const drop = (had: readonly string[], less: readonly string[] | undefined) =>
      had.filter((one) => less?.includes(one) !== true);
    ask.kept.reviewersAsked.set(number, reviewersAfter(ask, before, drop));
    return ok(await ask.look(async (place) => simplePullRequest(ask.site, place, changeIn(ask))));
  }),
  onRepository("GET /pulls/{pull_number}/reviews", { pull_requests: "read" }, (ask) => {
    const { number } = changeIn(ask);
    const reviews = ask.repository.reviews.filter((review) => review.pullRequest === number);
    return list(reviews.map((review) => reviewObject(ask.site, ask.repository, review)));
  }),
  onRepository("POST /pulls/{pull_number}/reviews", { pull_requests: "write" }, (ask) => giveReview(ask)),
  onRepository("GET /pulls/{pull_number}/reviews/{review_id}", { pull_requests: "read" }, (ask) =>
    ok(reviewObject(ask.site, ask.repository, reviewIn(ask))),
  ),
  onRepository("PUT /pulls/{pull_number}/reviews/{review_id}/dismissals", { pull_requests: "write" }, async (ask) => {
    text(ask.body, "message");
    const made = await ask.act("dismiss", { number: changeIn(ask).number, review: reviewIn(ask).id });
    return ok(reviewObject(ask.site, ask.repository, made));
  }),
];

export function changeIn({ repository, params }: Pick<RepositoryAsk, "repository" | "params">): Change {
  const found = repository.pullRequests.find(({ number }) => String(number) === params.pull_number);
  if (found === undefined) throw notFound();
  return found;
}

function reviewIn(ask: RepositoryAsk) {
  const { number } = changeIn(ask);
  const found = ask.repository.reviews.find(
    (review) => review.pullRequest === number && String(review.id) === ask.params.review_id,
  );
  if (found === undefined) throw notFound();
  return found;
}

/** Those that the query asks for, the newest first. */
function wanted({ repository, query }: RepositoryAsk): readonly Change[] {
  const state = query.get("state") ?? "open";
  const [base, head] = [query.get("base"), query.get("head")];
  const found = repository.pullRequests.filter((change) => {
    const label = `${change.head.repository.split("/")[0]}:${change.head.branch}`;
    return (
      (state === "all" || change.state === state) &&
      (base === null || change.base === base) &&
      // Without an owner GitHub passes over it.
      (head === null || !head.includes(":") || label === head)
    );
  });
  return query.get("direction") === "asc" ? found : found.toReversed();
}

/** GitHub works out in the background whether it merges: whoever asks first is told that it is not known yet. */
async function whole(ask: RepositoryAsk, number: number) {
  const { hub, repository, kept, site } = ask;
  const told = await ask.look(async (place) => {
    const change = changeIn({ repository, params: { pull_number: String(number) } });
    const key = `${place.refs.get(`refs/heads/${change.base}`)} ${change.headCommit}`;
    const mergeable = kept.mergeable.get(key) ?? null;
    return {
      key,
      open: change.state === "open",
      object: await pullRequest(site, place, change, { objects: objectsOf(ask), mergeable }),
    };
  });
  if (told.open && told.object.mergeable === null) {
    const by = repository.roles.find(({ role }) => role === "admin")?.login ?? "";
    const tried = await hub.forge.act("test-merge", { by, repository: repository.name, number });
    if (tried.ok) kept.mergeable.set(told.key, tried.value.mergeable);
  }
  return told.object;
}

function diffOf(ask: RepositoryAsk, change: Change): Promise<Buffer> {
  return ask.look(async ({ refs }) => {
    const base = change.merged?.onto ?? refs.get(`refs/heads/${change.base}`) ?? change.headCommit;
    return objectsOf(ask).diffText(base, change.headCommit);
  });
}

async function merge(ask: RepositoryAsk) {
  const { body, who, hub, repository } = ask;
  const { number } = changeIn(ask);
  const method = optionalText(body, "merge_method") ?? "merge";
  if (method !== "merge" && method !== "squash" && method !== "rebase") throw invalid("PullRequest", "merge_method");
  const head = commitIn(body, "sha");
  const title = optionalText(body, "commit_title");
  const request = {
    number,
    method,
    ...(head === undefined ? {} : { head }),
    ...(title === undefined ? {} : { title }),
  } as const;
  const about = { by: who.login, repository: repository.name, ...request };
  if (who.kind === "nobody") throw new Refusal(401, "Requires authentication");
  const suite = await ask.look((place) => mergeSuiteOf(hub, place, { change: changeIn(ask), method, by: who.login }));
  if (await ask.look((place) => waitsForOwners(hub, place, { change: changeIn(ask), by: who.login })))
    throw new Refusal(405, "Waiting on code owner review.");
  const beyond = await ask.look((place) =>
    mergeRefusalBeyond(hub, place, { change: changeIn(ask), method, by: who.login }),
  );
  if (beyond !== null) throw new Refusal(405, beyond);
  let outcome = await hub.forge.act("merge", about);
  // Whoever may go past the rules does so by merging; nothing asks them again.
  if (!outcome.ok && who.kind === "person") outcome = await hub.forge.act("merge", { ...about, force: true });
  if (!outcome.ok) throw new Refusal(outcome.blocked.status, outcome.blocked.message);
  const after = outcome.value.commit;
  noteRuleSuite(hub, suite === null ? null : { ...suite, after }, true);
  return ok({ sha: after, merged: true, message: "Pull Request successfully merged" });
}

export function commitIn(body: Body, field: string): CommitSha | undefined {
  const written = optionalText(body, field);
  if (written === undefined) return undefined;
  const sha = parseCommitSha(written);
  if (sha === undefined) throw invalid("Request", field);
  return sha;
}

interface Asked {
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

function reviewersAfter(
  ask: RepositoryAsk,
  before: Asked,
  change: (had: readonly string[], named: readonly string[] | undefined) => readonly string[],
): Asked {
  const { body, repository } = ask;
  const users = texts(body, "reviewers");
  if (users?.some((login) => isSameLogin(login, changeIn(ask).opener)) === true)
    throw new Refusal(422, "Review cannot be requested from pull request author.");
  const stranger = users?.find((login) => !repository.roles.some((role) => isSameLogin(role.login, login)));
  if (stranger !== undefined)
    throw new Refusal(
      422,
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.name} repository.`,
    );
  return { users: change(before.users, users), teams: change(before.teams, texts(body, "team_reviewers")) };
}

const words = ["APPROVE", "REQUEST_CHANGES", "COMMENT"] as const;

async function giveReview(ask: RepositoryAsk) {
  const { body, who, kept } = ask;
  const event = optionalText(body, "event");
  const says = words.find((word) => word === event);
  // Without an event GitHub keeps the review as a draft, which nobody but its writer sees.
  if (says === undefined) throw invalid("PullRequestReview", "event");
  if (says === "APPROVE" && who.kind === "job" && !kept.settings.tokenMayApprove)
    throw new Refusal(422, "GitHub Actions is not permitted to approve pull requests.");
  const [commit, said] = [commitIn(body, "commit_id"), optionalText(body, "body")];
  const made = await ask.act("review", {
    number: changeIn(ask).number,
    says,
    ...(commit === undefined ? {} : { commit }),
    ...(said === undefined ? {} : { body: said }),
  });
  return ok(reviewObject(ask.site, ask.repository, made));
}
