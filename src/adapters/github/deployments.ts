import * as z from "zod";
import { canonicalJson, type Digest, type KeyedDigest, keyedDigestOf, parseDigest } from "../../domain/digest.ts";
import type { CommitSha, Instant } from "../../domain/names.ts";
import { readAnswer } from "./answer.ts";
import { openClient } from "./client.ts";
import { failure } from "./failure.ts";
import { make } from "./forge/rest.ts";
import { instant } from "./forge/schema.ts";
import { type TokenAbout, tokenOf } from "./forge/token.ts";
import { tell } from "./settings/connection.ts";

/** How far a ledger went, by whoever saw it. */
export interface SeenHead {
  readonly seq: number;
  readonly hash: Digest;
}

/** A head that a deployment of ours tells. */
export interface ToldHead extends SeenHead {
  readonly deployment: number;
}

/** Applies of one place, as people see them on the repository's page. */
export interface Deployed {
  /** GitHub's environment in which they are applied. */
  readonly environment: string;
  readonly commit: CommitSha;
  /** `queued`: somebody has to open a gate first. */
  readonly state: "queued" | "in_progress";
  readonly description: string;
  /** The ledger's head at this moment. */
  readonly ledger: SeenHead;
  /** Where to read on. */
  readonly url: string;
}

export interface DeploymentEnd extends Pick<Deployed, "description" | "url"> {
  /** `inactive`: nothing of it was applied. */
  readonly state: "success" | "failure" | "inactive";
}

/**
 * Deployments of GitHub as witnesses of the record, since whoever can push to its branch cannot write these backwards. A
 * head counts when it bears the mark of the repository's key, whoever made the deployment: any workflow that may make
 * deployments acts as the same bot as we do with a workflow's token, and what it says is a claim. Who may write to
 * deployments can take one away, and so hide that a record was rewritten; nobody can make one that forbids what is true.
 */
export interface Deployments {
  /** Tells that applies begin, and gives the deployment's number. */
  begin(deployed: Deployed): Promise<number>;
  end(deployment: number, end: DeploymentEnd): Promise<void>;
  /** The furthest head that the newest deployments of ours tell. */
  newestHead(): Promise<Witness>;
}

/**
 * What deployments tell of the record: a head; nothing, since none of ours is there; or nothing that is ours among so many
 * that it may lie behind them, which go back to `since`.
 */
export type Witness =
  | { readonly kind: "told"; readonly head: ToldHead }
  | { readonly kind: "none" }
  | { readonly kind: "hidden"; readonly since: Instant };

/** What marks ours among all that are made in a repository. */
const task = "plangate:apply";

/** So many pages of claims by others are looked through for one of ours. */
const mostPages = 10;

const made = z.object({ id: z.int() });
const found = z.object({ id: z.int(), payload: z.unknown(), created_at: instant });
const marked = z.object({
  ledger: z.object({
    seq: z.int().min(0),
    hash: z.string().max(100),
    mark: z.string().max(100),
  }),
});

/** @param about `key`: what every job that writes the record has, and nobody else. */
export function openDeployments(about: TokenAbout & { readonly key: Uint8Array }): Deployments {
  const { owner, repo, key } = about;
  const to = { octokit: openClient({ ...about, token: tokenOf(about) }), owner, repo };
  const right = "Deployments (write)";
  const status = (deployment: number, { state, description, url }: DeploymentEnd | Deployed) =>
    tell(to, {
      route: "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
      with: { deployment_id: deployment, state, description: description.slice(0, 140), log_url: url },
      doing: { what: `telling what became of deployment ${deployment}`, right },
    });
  return {
    async begin(deployed) {
      const { environment, commit, description, ledger } = deployed;
      // What merging waits for was asked for already, and nothing is merged for it.
      const request = { ref: commit, auto_merge: false, required_contexts: [], transient_environment: false };
      const payload = { ledger: { ...ledger, mark: markOf(key, ledger) } };
      const { id } = await make(to, made, {
        route: "POST /repos/{owner}/{repo}/deployments",
        with: { ...request, task, environment, description: description.slice(0, 140), payload },
        doing: { what: `telling what is applied in ${environment}`, right },
      });
      await status(id, deployed);
      return id;
    },
    end: status,
    async newestHead() {
      const doing = { what: "reading what was told of the record", right: "Deployments (read)" };
      const route = "GET /repos/{owner}/{repo}/deployments";
      try {
        let [pages, since] = [0, Number.POSITIVE_INFINITY];
        for await (const { data } of to.octokit.paginate.iterator(route, { owner, repo, task, per_page: 100 })) {
          const all = readAnswer(z.array(found), data, doing);
          const heads = all.flatMap((one) => headIn(key, one) ?? []);
          const [head] = heads.toSorted((left, right) => right.seq - left.seq);
          if (head !== undefined) return { kind: "told", head };
          since = Math.min(since, ...all.map(({ created_at }) => created_at));
          pages += 1;
          if (pages === mostPages) return { kind: "hidden", since };
        }
        return { kind: "none" };
      } catch (error) {
        throw failure(error, doing);
      }
    },
  };
}

function headIn(key: Uint8Array, { id, payload }: z.output<typeof found>): ToldHead | undefined {
  const { ledger } = marked.safeParse(payload).data ?? {};
  const hash = ledger === undefined ? undefined : parseDigest(ledger.hash);
  if (ledger === undefined || hash === undefined) return undefined;
  const head = { seq: ledger.seq, hash };
  return markOf(key, head) === ledger.mark ? { ...head, deployment: id } : undefined;
}

function markOf(key: Uint8Array, { seq, hash }: SeenHead): KeyedDigest {
  return keyedDigestOf(key, `a head of the ledger: ${canonicalJson({ seq, hash })}`);
}
