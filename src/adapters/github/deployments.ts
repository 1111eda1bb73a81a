import * as z from "zod";
import { type Digest, parseDigest } from "../../domain/digest.ts";
import type { CommitSha, StackName } from "../../domain/names.ts";
import { openClient } from "./client.ts";
import { askPages, make } from "./forge/rest.ts";
import { type TokenAbout, tokenOf } from "./forge/token.ts";
import { tell } from "./settings/connection.ts";

/** How far a ledger went, by whoever saw it. */
export interface SeenHead {
  readonly seq: number;
  readonly hash: Digest;
}

/** An apply as people see it on the repository's page, with the ledger's head of that moment. */
export interface Deployed {
  readonly environment: string;
  readonly commit: CommitSha;
  readonly stacks: readonly StackName[];
  readonly succeeded: boolean;
  readonly ledger: SeenHead;
  /** Where to read on. */
  readonly url: string;
}

/**
 * Deployments of GitHub as witnesses: whoever can write the record's branch cannot write these backwards. Whoever may
 * make deployments can make false ones, so a head that stands in one may forbid, and permits nothing.
 */
export interface Deployments {
  tell(deployed: Deployed): Promise<void>;
  /** The heads that stand in the newest deployments, newest first. */
  seenHeads(): Promise<readonly SeenHead[]>;
}

/** What marks ours among all that are made in a repository. */
const task = "plangate:apply";

const made = z.object({ id: z.int() });
const found = z.object({ payload: z.unknown() });
const head = z.object({
  seq: z.int().min(0),
  hash: z.string().transform((text, context): Digest => {
    const digest = parseDigest(text);
    if (digest !== undefined) return digest;
    context.issues.push({ code: "custom", message: "it is no digest", input: text });
    return z.NEVER;
  }),
});
const payload = z.object({ ledger: head });

export function openDeployments(about: TokenAbout): Deployments {
  const { owner, repo } = about;
  const to = { octokit: openClient({ ...about, token: tokenOf(about) }), owner, repo };
  return {
    async tell({ environment, commit, stacks, succeeded, ledger, url }) {
      const doing = { what: `telling what was applied in ${environment}`, right: "Deployments (write)" };
      const description = `${stacks.length === 1 ? stacks[0] : `${stacks.length} stacks`} by plangate`.slice(0, 140);
      // What merging waits for was asked for already, and nothing is merged for it.
      const request = { ref: commit, auto_merge: false, required_contexts: [], transient_environment: false };
      const { id } = await make(to, made, {
        route: "POST /repos/{owner}/{repo}/deployments",
        with: { ...request, task, environment, description, payload: { ledger, stacks: stacks.slice(0, 100) } },
        doing,
      });
      await tell(to, {
        route: "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
        with: { deployment_id: id, state: succeeded ? "success" : "failure", description, log_url: url },
        doing,
      });
    },
    async seenHeads() {
      const doing = { what: "reading what was told of the ledger", right: "Deployments (read)" };
      const route = "GET /repos/{owner}/{repo}/deployments";
      const all = await askPages(to, found, { route, with: { task }, doing }, 1);
      return all.flatMap((one) => {
        const parsed = payload.safeParse(one.payload);
        return parsed.success ? [parsed.data.ledger] : [];
      });
    },
  };
}
