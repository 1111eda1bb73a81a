import type { CommitSha } from "../domain/names.ts";
import { type Inert, inertMarkdown } from "./inert.ts";

/** A commit of the branch that is released from, as its message tells it. */
export interface ReleasedChange {
  readonly commit: CommitSha;
  readonly message: string;
}

/** What people read of a release. */
export interface ReleaseNotes {
  readonly why: string;
  /** The tag of the version before it; null: there is none. */
  readonly since: string | null;
  /** Newest first. */
  readonly changes: readonly ReleasedChange[];
}

const mostChanges = 200;
const longestLine = 200;

/** The text of a release: each change since the version before it, with its pull request where its message names one. */
export function renderReleaseNotes({ why, since, changes }: ReleaseNotes): Inert {
  const shown = changes.slice(0, mostChanges).map((change) => `- ${changeText(change)}`);
  const more = changes.length - shown.length;
  return [
    `${inertMarkdown(why)}.`,
    "",
    since === null ? "The first version. What came to it:" : `What came since ${inertMarkdown(since)}:`,
    "",
    ...(shown.length === 0 ? ["- nothing"] : shown),
    ...(more > 0 ? [`- and ${more} more`] : []),
    "",
  ].join("\n");
}

/** Squashed changes have their number behind the title; merges have it before, and the title below. */
function changeText({ commit, message }: ReleasedChange): string {
  const [first = "", ...rest] = message.split("\n");
  const merged = /^Merge pull request #(\d{1,9})\b/.exec(first)?.[1];
  const squashed = /^(.*) \(#(\d{1,9})\)$/.exec(first);
  const title = merged === undefined ? (squashed?.[1] ?? first) : (rest.find((line) => line.trim() !== "") ?? first);
  const number = merged ?? squashed?.[2];
  const short = title.length > longestLine ? `${[...title].slice(0, longestLine).join("")}…` : title;
  return `${inertMarkdown(short.trim())} (${number === undefined ? commit.slice(0, 12) : `#${number}`})`;
}
