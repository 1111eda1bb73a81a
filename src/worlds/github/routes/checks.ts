import { created, invalid, list, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { type Body, object, objects, optionalText, text } from "../body.ts";
import { stateOf } from "../job-checks.ts";
import type { KeptCheck, KeptStatus } from "../kept.ts";
import { account, appBehind, nodeId, time } from "../shapes/people.ts";
import { minimalRepository, repositoryId, repositoryUrl } from "../shapes/repository.ts";
import { commitNamed } from "./commits.ts";

const statusWords = ["error", "failure", "pending", "success"] as const;

/** What is reported about commits: the old way, with statuses, and with check runs, which only apps can make. */
export const checkRoutes = [
  onRepository("POST /statuses/{sha}", { statuses: "write" }, async (ask) => {
    const { body, act, kept, hub, who, params } = ask;
    const state = statusWords.find((word) => word === text(body, "state"));
    if (state === undefined) throw invalid("Status", "state");
    const commit = await commitIn(ask, params.sha ?? "");
    const context = optionalText(body, "context") ?? "default";
    const description = optionalText(body, "description") ?? null;
    if (description !== null && [...description].length > 140)
      throw new Refusal(422, "Validation Failed: description is too long (maximum is 140 characters)");
    await act("status", { commit, name: context, state: state === "error" ? "failure" : state });
    const targetUrl = optionalText(body, "target_url") ?? null;
    const made = {
      id: hub.nextId(),
      commit,
      context,
      state,
      description,
      targetUrl,
      by: who.login,
      at: hub.clock.now(),
    };
    kept.statuses.push(made);
    return created({ ...statusObject(ask, made), creator: account(ask.site, made.by) });
  }),
  onRepository("GET /commits/{ref}/statuses", { statuses: "read" }, async (ask) => {
    const commit = await commitIn(ask, ask.params.ref ?? "");
    const found = ask.kept.statuses.filter((status) => status.commit === commit).toReversed();
    return list(found.map((status) => ({ ...statusObject(ask, status), creator: account(ask.site, status.by) })));
  }),
  onRepository("GET /commits/{ref}/status", { statuses: "read" }, async (ask) => {
    const { kept, site, repository } = ask;
    const commit = await commitIn(ask, ask.params.ref ?? "");
    const last = new Map(
      kept.statuses.filter((status) => status.commit === commit).map((status) => [status.context, status]),
    );
    const states = [...last.values()].map(({ state }) => state);
    const bad = states.some((state) => state === "error" || state === "failure");
    const good = states.length > 0 && states.every((state) => state === "success");
    const url = `${repositoryUrl(site, repository)}/commits/${commit}`;
    return ok({
      state: bad ? "failure" : good ? "success" : "pending",
      statuses: [...last.values()].map((status) => statusObject(ask, status)),
      sha: commit,
      total_count: last.size,
      repository: minimalRepository(site, repository),
      commit_url: url,
      url: `${url}/status`,
    });
  }),
  onRepository("POST /check-runs", { checks: "write" }, async (ask) => {
    const { body, kept, hub, who } = ask;
    if (who.kind === "person") throw new Refusal(403, "You must authenticate via a GitHub App.");
    const commit = await commitIn(ask, text(body, "head_sha"));
    const made: KeptCheck = {
      id: hub.nextId(),
      commit,
      name: text(body, "name"),
      app: who.login,
      status: "queued",
      conclusion: null,
      startedAt: hub.clock.now(),
      completedAt: null,
      externalId: null,
      detailsUrl: null,
      output: { title: null, summary: null, text: null },
      annotations: [],
    };
    changeCheck(made, body, hub.clock.now());
    kept.checks.push(made);
    await tellForge(ask, made);
    return created(checkObject(ask, made));
  }),
  onRepository("PATCH /check-runs/{check_run_id}", { checks: "write" }, async (ask) => {
    const { body, hub, who } = ask;
    const check = checkIn(ask);
    if (check.app !== who.login)
      throw new Refusal(
        403,
        `Invalid app_id \`${check.app}\` - check run can only be modified by the GitHub App that created it.`,
      );
    changeCheck(check, body, hub.clock.now());
    await tellForge(ask, check);
    return ok(checkObject(ask, check));
  }),
  onRepository("GET /check-runs/{check_run_id}", { checks: "read" }, (ask) => ok(checkObject(ask, checkIn(ask)))),
  onRepository("GET /check-runs/{check_run_id}/annotations", { checks: "read" }, (ask) =>
    list(checkIn(ask).annotations),
  ),
  onRepository("GET /commits/{ref}/check-runs", { checks: "read" }, async (ask) => {
    const { kept, query } = ask;
    const commit = await commitIn(ask, ask.params.ref ?? "");
    const [name, filter, status] = [query.get("check_name"), query.get("filter") ?? "latest", query.get("status")];
    const found = kept.checks.filter(
      (check) =>
        check.commit === commit &&
        (name === null || check.name === name) &&
        (status === null || check.status === status),
    );
    const latest = new Map(found.map((check) => [`${check.app} ${check.name}`, check]));
    const told = filter === "all" ? found : [...latest.values()];
    return list(
      told.toReversed().map((check) => checkObject(ask, check)),
      "check_runs",
    );
  }),
];

function commitIn(ask: RepositoryAsk, name: string) {
  return ask.look((place) => commitNamed(place, name));
}

function statusObject({ site, repository }: RepositoryAsk, status: KeptStatus) {
  return {
    url: `${repositoryUrl(site, repository)}/statuses/${status.commit}`,
    avatar_url: account(site, status.by).avatar_url,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: time(status.at),
    updated_at: time(status.at),
  };
}

function checkIn({ kept, params }: RepositoryAsk): KeptCheck {
  const found = kept.checks.find(({ id }) => String(id) === params.check_run_id);
  if (found === undefined) throw notFound();
  return found;
}

const conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"];

function changeCheck(check: KeptCheck, body: Body, now: number): void {
  const conclusion = optionalText(body, "conclusion");
  if (conclusion !== undefined && !conclusions.includes(conclusion)) throw invalid("CheckRun", "conclusion");
  check.status = conclusion === undefined ? (optionalText(body, "status") ?? check.status) : "completed";
  if (check.status === "completed" && conclusion === undefined && check.conclusion === null)
    throw new Refusal(
      422,
      'Invalid request.\n\nNo subschema in "anyOf" matched: conclusion is required when status is completed.',
    );
  if (conclusion !== undefined) {
    check.conclusion = conclusion;
    check.completedAt = now;
  }
  check.externalId = optionalText(body, "external_id") ?? check.externalId;
  check.detailsUrl = optionalText(body, "details_url") ?? check.detailsUrl;
  const output = object(body, "output");
  if (output === undefined) return;
  const summary = text(output, "summary");
  const details = optionalText(output, "text") ?? check.output.text;
  if (Buffer.byteLength(summary) > 65_535 || Buffer.byteLength(details ?? "") > 65_535)
    throw new Refusal(422, "Invalid request.\n\nOnly 65535 characters are allowed; more were supplied.");
  const annotations = objects(output, "annotations") ?? [];
  if (annotations.length > 50)
    throw new Refusal(422, "Invalid request.\n\nNo more than 50 annotations are allowed in one request.");
  check.output = { title: optionalText(output, "title") ?? check.output.title, summary, text: details };
  check.annotations.push(...annotations);
}

/** The forge's rules know one word for each name on a commit, whoever said it last and in which way. */
async function tellForge(ask: RepositoryAsk, check: KeptCheck): Promise<void> {
  await ask.act("status", { commit: check.commit, name: check.name, state: stateOf(check) });
}

function checkObject({ site, repository }: RepositoryAsk, check: KeptCheck) {
  const url = `${repositoryUrl(site, repository)}/check-runs/${check.id}`;
  const html = `${site.web}/${repository.name}/runs/${check.id}`;
  // Those from forks are not told.
  const changes = repository.pullRequests.filter(
    ({ head, headCommit, state }) =>
      headCommit === check.commit && state === "open" && head.repository === repository.name,
  );
  const id = repositoryId(site, repository.name);
  const repo = { id, url: repositoryUrl(site, repository), name: repository.name.split("/")[1] ?? "" };
  return {
    id: check.id,
    name: check.name,
    node_id: nodeId("CR", check.id),
    head_sha: check.commit,
    external_id: check.externalId ?? "",
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: time(check.startedAt),
    completed_at: check.completedAt === null ? null : time(check.completedAt),
    output: {
      ...check.output,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: 70_000 + repositoryId(site, repository.name) },
    app: appBehind(site, check.app),
    pull_requests: changes.map((change) => ({
      url: `${repositoryUrl(site, repository)}/pulls/${change.number}`,
      id: change.number,
      number: change.number,
      head: { ref: change.head.branch, sha: change.headCommit, repo },
      base: { ref: change.base, sha: change.headCommit, repo },
    })),
  };
}
