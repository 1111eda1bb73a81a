import type { Push, View } from "../../real/forge/index.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { account, isSameLogin, nodeId, time } from "../shapes/people.ts";

const zeros = "0".repeat(40);

/** Who moved which branch, from where to where: what commits say of themselves nobody has checked. */
export const activityRoutes = [
  onRepository("GET /activity", { contents: "read" }, (ask) => {
    const { repository, query, site } = ask;
    const [ref, actor, type] = [query.get("ref"), query.get("actor"), query.get("activity_type")];
    const all = repository.pushes.flatMap((push, index) => {
      // Tags are no part of it.
      if (!push.ref.startsWith("refs/heads/")) return [];
      const kind = kindOf(ask, push);
      const fits =
        (ref === null || push.ref === ref || push.ref === `refs/heads/${ref}`) &&
        (actor === null || isSameLogin(push.by, actor)) &&
        (type === null || kind === type);
      return fits ? [{ push, kind, id: index + 1 }] : [];
    });
    const told = query.get("direction") === "asc" ? all : all.toReversed();
    const { items, link } = after(ask, told);
    const body = items.map(({ push, kind, id }) => ({
      id,
      node_id: nodeId("PSH", id),
      before: push.before ?? zeros,
      after: push.after ?? zeros,
      ref: push.ref,
      timestamp: time(push.at),
      activity_type: kind,
      actor: account(site, push.by),
    }));
    return { status: 200, body, headers: link === null ? {} : { link } };
  }),
];

function kindOf({ hub, repository }: RepositoryAsk, push: View<Push>): string {
  if (push.after === null) return "branch_deletion";
  if (push.before === null) return "branch_creation";
  if (push.merging !== null) return "pr_merge";
  const told = hub.forge.state.events.find(
    (event) =>
      event.kind === "push" &&
      event.repository === repository.name &&
      event.ref === push.ref &&
      event.before === push.before &&
      event.after === push.after,
  );
  return told?.kind === "push" && told.forced ? "force_push" : "push";
}

interface Listed {
  readonly push: View<Push>;
  readonly kind: string;
  readonly id: number;
}

/** Its pages have no numbers: each leads to the next by what it ended with. */
function after({ query, site, repository }: RepositoryAsk, all: readonly Listed[]) {
  const size = Math.min(Math.max(Number(query.get("per_page") ?? 30) || 30, 1), 100);
  const cursor = query.get("after");
  const start = cursor === null ? 0 : all.findIndex(({ id }) => nodeId("CUR", id) === cursor) + 1;
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  if (last === undefined || start + size >= all.length) return { items, link: null };
  const there = new URLSearchParams(query);
  there.set("after", nodeId("CUR", last.id));
  return { items, link: `<${site.api}/repos/${repository.name}/activity?${there}>; rel="next"` };
}
