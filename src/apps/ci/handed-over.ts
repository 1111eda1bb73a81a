import { refName } from "../../adapters/github-events/index.ts";
import { parseCommitSha } from "../../domain/names.ts";
import { changeIn, type Payload, pushIn, releaseIn } from "./payload.ts";

/**
 * What a run on the ref of a change tells the default branch: where to look, and nothing of what is there. Whoever reads
 * it asks GitHub, so that a change of the workflow can at most have something looked at.
 */
export type HandedOver =
  | HappenedThere
  /** Work that a job of the run left. */
  | { readonly kind: "left" };

export type HappenedThere =
  | { readonly kind: "pull-request" | "review"; readonly number: number }
  | { readonly kind: "push"; readonly branch: string }
  | { readonly kind: "release"; readonly tag: string };

/** What to hand over of the event that started this run; `undefined` when nobody has to look. */
export function handedOverOf(event: string, payload: Payload): HappenedThere | undefined {
  switch (event) {
    case "pull_request":
    case "pull_request_review": {
      const change = changeIn(payload);
      const kind = event === "pull_request" ? "pull-request" : "review";
      return change === undefined ? undefined : { kind, number: change.number };
    }
    case "push": {
      const push = pushIn(payload);
      return push === undefined ? undefined : { kind: "push", branch: push.branch };
    }
    case "release": {
      const tag = releaseIn(payload);
      return tag === undefined ? undefined : { kind: "release", tag };
    }
    default:
      return undefined;
  }
}

/** As an input of a workflow. */
export function handedOverText(handed: HandedOver): string {
  switch (handed.kind) {
    case "pull-request":
    case "review":
      return `${handed.kind} ${handed.number}`;
    case "push":
      return `push ${handed.branch}`;
    case "release":
      return `release ${handed.tag}`;
    case "left":
      return "left";
  }
}

/** Reads it as the default branch gets it; `undefined` when it is nothing that plangate hands over. */
export function parseHandedOver(text: string): HandedOver | undefined {
  if (text === "left") return { kind: "left" };
  const [, kind, what = ""] = /^([a-z-]+) (.+)$/su.exec(text) ?? [];
  switch (kind) {
    case "pull-request":
    case "review": {
      const number = /^[1-9]\d{0,8}$/.test(what) ? Number(what) : undefined;
      return number === undefined ? undefined : { kind, number };
    }
    case "push": {
      const branch = refName.safeParse(what).data;
      return branch === undefined || parseCommitSha(branch) !== undefined ? undefined : { kind, branch };
    }
    case "release": {
      const tag = refName.safeParse(what).data;
      return tag === undefined ? undefined : { kind, tag };
    }
    default:
      return undefined;
  }
}
