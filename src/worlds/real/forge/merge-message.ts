import type { Person } from "../../../adapters/git/index.ts";
import type { Commit } from "./git.ts";
import type { PullRequest } from "./state.ts";

/** What a message tells of. */
export interface MergeText {
  readonly change: PullRequest;
  /** What the head has and the base has not, oldest first. */
  readonly commits: readonly Commit[];
  /** Written by whoever merges, in place of the usual first line. */
  readonly title: string | null;
}

/** As GitHub writes it: from whom and what. A line break in a title would be a second paragraph. */
export function mergeMessage({ change, title }: MergeText): string {
  const owner = change.head.repository.slice(0, change.head.repository.indexOf("/"));
  return `${title ?? `Merge pull request #${change.number} from ${owner}/${change.head.branch}`}\n\n${oneLine(change.title)}\n`;
}

/** The only commit's message, or the title with a list of the commits; then everybody else who wrote. */
export function squashMessage({ change, commits, title }: MergeText, author: Person): string {
  const own = commits.filter((commit) => commit.parents.length < 2);
  const only = own.length === 1 ? own[0] : undefined;
  const subject = title ?? `${oneLine(only === undefined ? change.title : subjectOf(only))} (#${change.number})`;
  const text =
    only === undefined ? own.map((commit) => `* ${withoutTrailers(commit.message)}`).join("\n\n") : bodyOf(only);
  const others = coAuthors(own, author).map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  return `${[subject, text, others.join("\n")].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Who a commit's trailers name. */
export function trailerPeople(message: string): readonly Person[] {
  return [...message.matchAll(/^[ \t]*co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\n]+)>[ \t]*$/gim)].map(
    ([, name = "", email = ""]) => ({
      name: name === "" ? email : name,
      email: email.trim(),
    }),
  );
}

/** Authors of the commits and those their trailers name, each once, without the author of the squash. */
function coAuthors(commits: readonly Commit[], author: Person): readonly Person[] {
  const people = new Map<string, Person>();
  for (const commit of commits) {
    for (const person of [commit.author, ...trailerPeople(commit.message)]) {
      const email = person.email.toLowerCase();
      if (email !== author.email.toLowerCase() && !people.has(email)) people.set(email, person);
    }
  }
  return [...people.values()];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function subjectOf(commit: Commit): string {
  return commit.message.split("\n", 1)[0] ?? "";
}

function bodyOf(commit: Commit): string {
  return withoutTrailers(commit.message.split("\n").slice(1).join("\n"));
}

function withoutTrailers(message: string): string {
  return message.replaceAll(/^[ \t]*co-authored-by:.*$/gim, "").trim();
}
