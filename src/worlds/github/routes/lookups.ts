import { list, notFound, ok } from "../answer.ts";
import { onRepository, route } from "../ask.ts";
import { issueComment } from "../shapes/issue.ts";
import { accountId } from "../shapes/people.ts";
import { userObject } from "./accounts.ts";

/** What is looked up across a whole repository, or the whole of GitHub. */
export const lookupRoutes = [
  onRepository("GET /issues/comments", [{ issues: "read" }, { pull_requests: "read" }], (ask) => {
    const { repository, query, site } = ask;
    const since = Date.parse(query.get("since") ?? "") || 0;
    const said = repository.comments.filter(({ on, updatedAt }) => "number" in on && updatedAt >= since);
    const order = query.get("direction") === "desc" ? said.toReversed() : said;
    return list(order.map((comment) => issueComment(site, repository, comment)));
  }),
  route("GET /user/{account_id}", "nothing", ({ site, params, hub }) => {
    const found = hub.forge.state.users.find(({ login }) => String(accountId(site, login)) === params.account_id);
    if (found === undefined) throw notFound();
    return ok(userObject(site, found.login));
  }),
];
