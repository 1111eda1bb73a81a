import type { Action } from "./decision.ts";
import { type CommitSha, parseCommitSha } from "./names.ts";
import type { ReasonCode } from "./reason.ts";

/** Codes of pushes that came past the reviews of their branch. */
export type PushCode = ReasonCode & ("pushed-directly" | "push-too-large");

type About = Pick<Action & { readonly kind: "flag" }, "code" | "stack" | "branch" | "commit">;

/** What an issue is known by: one for each code and stack, branch or push. */
export function flagKey({ code, stack, branch, commit }: About): string {
  return [code, stack ?? branch, commit].filter((part) => part !== null).join(" ");
}

/** The push that an issue of this key is about; `undefined` where it is about none. */
export function pushInKey(
  key: string,
): { readonly code: PushCode; readonly branch: string; readonly commit: CommitSha } | undefined {
  // No name of a branch has a space.
  const [code, branch, id, ...rest] = key.split(" ");
  const commit = parseCommitSha(id ?? "");
  if ((code !== "pushed-directly" && code !== "push-too-large") || commit === undefined) return undefined;
  return branch === undefined || branch === "" || rest.length > 0 ? undefined : { code, branch, commit };
}
