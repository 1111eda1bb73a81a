import type { ForgeEvent, PullRequest, View } from "../../real/forge/index.ts";
import { time } from "../shapes/people.ts";
import { type About, actor } from "./about.ts";
import { type Arguments, connection, type Thing } from "./execute.ts";

/** What happened to a pull request, of the kinds that are asked for. */
export function timeline(about: About, change: View<PullRequest>, given: Arguments): Thing {
  const wanted = Array.isArray(given.itemTypes) ? new Set<unknown>(given.itemTypes) : null;
  const { state } = about.site.hub.forge;
  const items = state.events.flatMap((event): readonly Thing[] => {
    const kind = kindOf(about, change, event);
    if (kind === null) return [];
    const item = { ...kind, createdAt: time(event.at), actor: () => actor(about, event.by) };
    return wanted?.has(typeName(item.__typename)) === false ? [] : [item];
  });
  return connection("PullRequestTimelineItems", items, given);
}

/** `LabeledEvent` is asked for as `LABELED_EVENT`. */
function typeName(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function kindOf({ place: { repository } }: About, change: View<PullRequest>, event: ForgeEvent): Thing | null {
  if (event.kind === "push") {
    const toHead = event.repository === change.head.repository && event.ref === `refs/heads/${change.head.branch}`;
    return toHead && event.forced && event.after !== null && event.at >= change.createdAt
      ? { __typename: "HeadRefForcePushedEvent" }
      : null;
  }
  if (event.kind !== "pull_request" || event.repository !== repository.name || event.number !== change.number)
    return null;
  const label = { __typename: "Label", name: event.label };
  switch (event.action) {
    case "labeled":
      return { __typename: "LabeledEvent", label };
    case "unlabeled":
      return { __typename: "UnlabeledEvent", label };
    case "edited":
      if (event.baseWas === null) return null;
      return event.automatic
        ? { __typename: "AutomaticBaseChangeSucceededEvent", oldBase: event.baseWas }
        : { __typename: "BaseRefChangedEvent", previousRefName: event.baseWas };
    case "closed":
      return { __typename: event.merged ? "MergedEvent" : "ClosedEvent" };
    case "reopened":
      return { __typename: "ReopenedEvent" };
    case "ready_for_review":
      return { __typename: "ReadyForReviewEvent" };
    case "converted_to_draft":
      return { __typename: "ConvertToDraftEvent" };
    default:
      return null;
  }
}
