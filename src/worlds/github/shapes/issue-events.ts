import type { ForgeEvent } from "../../real/forge/index.ts";
import type { RepositoryAsk } from "../ask.ts";
import { labelObject } from "./issue.ts";
import { account, nodeId, time } from "./people.ts";
import { repositoryUrl } from "./repository.ts";

type Ask = Pick<RepositoryAsk, "hub" | "repository" | "site">;

/** What GitHub calls the events of an issue: who labelled, closed, merged, dismissed, or changed the base, and when. */
export function issueEvents(ask: Ask, number: number): readonly unknown[] {
  const { repository, hub, site } = ask;
  return hub.forge.state.events.flatMap((event) => {
    if (event.repository !== repository.name || !("number" in event) || event.number !== number) return [];
    return named(ask, event).map(([name, more], index) => {
      const id = event.id * 10 + index;
      return {
        id,
        node_id: nodeId("EV", id),
        url: `${repositoryUrl(site, repository)}/issues/events/${id}`,
        actor: account(site, event.by),
        event: name,
        commit_id: null,
        commit_url: null,
        created_at: time(event.at),
        performed_via_github_app: null,
        ...more,
      };
    });
  });
}

type Named = readonly [name: string, more: Readonly<Record<string, unknown>>];

function named(ask: Ask, event: ForgeEvent): readonly Named[] {
  if (event.kind === "pull_request") return ofPullRequest(ask, event);
  if (event.kind === "issues" && (event.action === "closed" || event.action === "reopened"))
    return [[event.action, {}]];
  if (event.kind === "pull_request_review" && event.action === "dismissed") {
    const review = ask.repository.reviews.find(({ id }) => id === event.review);
    const state = (review?.dismissed?.was ?? "DISMISSED").toLowerCase();
    const about = { state, review_id: event.review, dismissal_message: null };
    return [["review_dismissed", { dismissed_review: about }]];
  }
  return [];
}

const words: Readonly<Record<string, string>> = {
  reopened: "reopened",
  ready_for_review: "ready_for_review",
  converted_to_draft: "convert_to_draft",
};

function ofPullRequest(ask: Ask, event: Extract<ForgeEvent, { kind: "pull_request" }>): readonly Named[] {
  const { site, repository } = ask;
  if (event.action === "edited") return event.baseWas === null ? [] : [["base_ref_changed", {}]];
  if (event.label !== null) {
    const { color } = labelObject(site, repository, event.label);
    return [[event.action, { label: { name: event.label, color } }]];
  }
  if (event.action === "closed") {
    const merged = repository.pullRequests.find(({ number }) => number === event.number)?.merged ?? null;
    if (!event.merged || merged === null) return [["closed", {}]];
    const commit_url = `${repositoryUrl(site, repository)}/commits/${merged.commit}`;
    return [
      ["merged", { commit_id: merged.commit, commit_url }],
      ["closed", {}],
    ];
  }
  const word = words[event.action];
  return word === undefined ? [] : [[word, {}]];
}
