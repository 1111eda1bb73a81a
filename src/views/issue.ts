import type { Action } from "../domain/decision.ts";
import { type ReasonCode, reasons } from "../domain/reason.ts";
import { inertMarkdown, inertTitle, inlineCode } from "./inert.ts";
import { momentText } from "./moment.ts";

/** A title and a text that plangate publishes, of an issue or a pull request. Both are inert where the forge shows them. */
export interface Published {
  readonly title: string;
  readonly body: string;
}

type Flag = Pick<Action & { readonly kind: "flag" }, "stack" | "branch" | "code" | "until" | "why">;

/** Headlines where the code's own words are not yet one. */
const headlines: Partial<Readonly<Record<ReasonCode, string>>> = {
  "drift-found": "Drift",
  "emergency-used": "Review what was done in an emergency",
  "pushed-directly": "Pushed without a pull request",
  "push-too-large": "Pushed more than may go without a pull request",
  "stack-deleted": "A stack's code is gone and its objects stand",
  "branch-old": "A pull request is open for too long",
  "expectation-failed": "A value is not what the flow expects",
};

const untilAccepted =
  "plangate opened this issue, and closes it when the commit is accepted. Where it was reverted, close it yourself.";

/** How it ends, where plangate does not see that it is over. */
const endings: Partial<Readonly<Record<ReasonCode, string>>> = {
  "pushed-directly": untilAccepted,
  "push-too-large": untilAccepted,
  "emergency-used": "plangate opened this issue. Whoever reviewed what was done closes it.",
};

/**
 * The issue that a flag opens: what it is about, what plangate saw, what that means, what to do next, and by when.
 * `details` is Markdown made by this room, such as what drifted.
 */
export function renderIssue({ stack, branch, code, until, why }: Flag, details: string | null = null): Published {
  const about = [...(stack === null ? [] : [stack]), ...(branch === null ? [] : [branch])];
  const headline = headlines[code] ?? headlineOf(code);
  const { means, next } = reasons[code];
  const places = [
    ...(stack === null ? [] : [`Stack: ${inlineCode(stack)}`]),
    ...(branch === null ? [] : [`Branch: ${inlineCode(branch)}`]),
  ];
  const parts = [
    inertMarkdown(why),
    ...(details === null ? [] : [details]),
    [...places, `Reason: \`${code}\`. ${means}`, `**What to do:** ${next}`].map((line) => `- ${line}`).join("\n"),
    ...(until === null ? [] : [`**By ${momentText(until)} somebody should have looked.**`]),
    endings[code] ?? "plangate opened this issue, keeps it up to date, and closes it when it is over.",
  ];
  return {
    title: inertTitle(about.length === 0 ? headline : `${headline}: ${about.join(", ")}`),
    body: parts.join("\n\n"),
  };
}

function headlineOf(code: ReasonCode): string {
  const words = code.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The pull request that brings back to `base` what `head` got past it. */
export function renderBackMerge({
  head,
  base,
  why,
}: { readonly [Part in "head" | "base" | "why"]: string }): Published {
  const [from, into] = [inlineCode(head), inlineCode(base)];
  return {
    title: inertTitle(`Bring ${head} back to ${base}`),
    body: [
      inertMarkdown(why),
      `${from} holds commits that ${into} lacks. Until they are back there, promoting ${into} again would mix the two unseen, or is not possible, so promotions wait for this pull request.`,
      "Merge it with a merge commit, so that the two histories stay together: squashed or rebased they would part for good. Where the two disagree, settle it here.",
      "plangate opened this pull request.",
    ].join("\n\n"),
  };
}

/** The issue that asks people for the pull request that plangate may not open. */
export function renderToBeOpened(about: Parameters<typeof renderBackMerge>[0]): Published {
  const [from, into] = [inlineCode(about.head), inlineCode(about.base)];
  return {
    title: inertTitle(`Open the pull request that brings ${about.head} back to ${about.base}`),
    body: [
      inertMarkdown(about.why),
      `The workflow's own token may open no pull requests, so somebody opens one from ${from} into ${into}. Until what is in ${from} is back there, nothing is promoted from ${into}.`,
      "Merge it with a merge commit, so that the two histories stay together: squashed or rebased they would part for good. Then close this issue.",
      "With `identity: app` plangate opens it by itself.",
    ].join("\n\n"),
  };
}
