import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Delivery } from "../delivery.ts";
import { contentOf } from "../observe/content.ts";
import { entry, mustWrite } from "../record.ts";

/** The static check of a pull request: what it changes can be read, and is written as the tool would write it. */
export async function performCheck(delivery: Delivery, action: Action & { kind: "check" }): Promise<readonly Event[]> {
  const change = await delivery.forge.pullRequest(action.pullRequest);
  const base = change === undefined ? undefined : await delivery.repository.resolve(`refs/heads/${change.base}`);
  if (change === undefined || base === undefined) return [];
  const content = await contentOf(delivery, {
    kind: "pull-request",
    pullRequest: change.number,
    head: change.head,
    base,
  });
  const outcome =
    content === null
      ? { passed: false, summary: `cannot be merged into ${change.base}: there are conflicts` }
      : await look(delivery, base, content.tree);
  await delivery.forge.reportCheck(change.number, outcome);
  await mustWrite(delivery, {
    ledger: [entry(delivery, "checked", { pullRequest: change.number, commit: change.head, ...outcome })],
  });
  delivery.progress(`pull request ${change.number}: check ${outcome.passed ? "passed" : "failed"}, ${outcome.summary}`);
  return [];
}

async function look(
  delivery: Delivery,
  base: Parameters<Delivery["repository"]["changedPaths"]>[0],
  tree: NonNullable<Awaited<ReturnType<typeof contentOf>>>["tree"],
) {
  const changed = await delivery.repository.changedPaths(base, tree);
  const there = new Set((await delivery.repository.listTree(tree)).map((file) => file.path));
  const files = changed.filter((path) => /\.(?:tf|tofu|tfvars)$/.test(path) && there.has(path));
  if (files.length === 0) return { passed: true, summary: "no configuration is changed" };
  const wrong = await delivery.roles.check(tree, files);
  const summary =
    wrong.length === 0
      ? `${files.length} files of configuration are well formed`
      : `not well formed: ${wrong.join(", ")}; run \`fmt\` on them`;
  return { passed: wrong.length === 0, summary };
}
