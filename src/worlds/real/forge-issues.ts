import type { Forge as ForgePort } from "../../delivery/ports.ts";
import type { Issue, View } from "./forge/index.ts";
import { done, type PortAbout, repositoryState } from "./forge-access.ts";

type Raised = Parameters<ForgePort["raiseIssue"]>[0];

/** Opens or updates plangate's issue of that key. An issue is its own when its app opened it: anybody can write the mark. */
export async function raiseIssue(about: PortAbout, { key, title, body }: Raised): Promise<{ changed: boolean }> {
  const { forge, repository, bot } = about;
  const text = `${body.replaceAll(/<!--(\s*plangate\b)/gi, "&lt;!--$1")}\n\n${markOf(key)}`;
  const open = openIssue(about, key);
  if (open === undefined) {
    done(await forge.act("issue", { by: bot, repository, title, body: text }), `opening the issue ${key}`);
    return { changed: true };
  }
  if (open.title === title && open.body === text) return { changed: false };
  const request = { by: bot, repository, number: open.number, title, body: text };
  done(await forge.act("edit-issue", request), `updating the issue ${key}`);
  return { changed: true };
}

export async function closeIssue(about: PortAbout, key: string, why: string): Promise<{ changed: boolean }> {
  const { forge, repository, bot } = about;
  const open = openIssue(about, key);
  if (open === undefined) return { changed: false };
  const { number } = open;
  if (why !== "")
    done(await forge.act("comment", { by: bot, repository, number, body: why }), `closing the issue ${key}`);
  done(await forge.act("edit-issue", { by: bot, repository, number, state: "closed" }), `closing the issue ${key}`);
  return { changed: true };
}

/** The keys of those that are open. */
export function openIssues(about: PortAbout): readonly string[] {
  return ownIssues(about).flatMap(({ body }) => keyIn(body) ?? []);
}

function openIssue(about: PortAbout, key: string): View<Issue> | undefined {
  return ownIssues(about).find(({ body }) => body.endsWith(markOf(key)));
}

function ownIssues(about: PortAbout): readonly View<Issue>[] {
  return repositoryState(about).issues.filter(({ opener, state }) => opener === about.bot && state === "open");
}

function keyIn(body: string): string | undefined {
  const written = /<!-- plangate:issue (\S+) -->$/.exec(body)?.[1];
  return written === undefined ? undefined : decodeURIComponent(written);
}

function markOf(key: string): string {
  return `<!-- plangate:issue ${encodeURIComponent(key)} -->`;
}
